<?php

// Your code. Netcore has its answer by the time this runs.

/** Your own tables, in data/events.db. They are created at the start. */
const TABLES = '
    create table if not exists contact_activity (
        contact text not null,
        channel text not null,
        activity text not null,
        last_time text not null,
        primary key (contact, channel, activity)
    )';

/**
 * Called once for each new event, in the transaction that stores the event's key: what you write to
 * the database (SQLite) is kept together with the key, or not at all. An event whose call throws is
 * tried again later. One event is handled after the other.
 */
function handle_event(Event $found, PDO $database): void
{
    $time = text_of($found->event->event_params->ts ?? null);
    $database->prepare(
        'insert into contact_activity values (?, ?, ?, ?)
         on conflict do update set last_time = max(last_time, excluded.last_time)',
    )->execute([$found->contact, $found->channel, $found->activity, $time]);
}
