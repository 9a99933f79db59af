<?php

// The table of calls: each is on the disk before it is answered, and worked through afterwards.

require_once __DIR__ . '/payload.php';
require_once __DIR__ . '/handle-event.php';

const MAX_RETRY_SECONDS = 300;

const SCHEMA = '
    create table if not exists calls (
        id integer primary key,
        received_at text not null, -- UTC
        data text not null, -- as received
        attempts integer not null default 0,
        due_at text -- of the next attempt; null when all its events are handled
    );
    create index if not exists calls_due on calls (due_at, id) where due_at is not null;

    create table if not exists events (
        event_key text primary key, -- each event has one row, also when Netcore repeats it
        call_id integer not null references calls,
        panel text not null,
        channel text not null,
        activity text not null,
        contact text not null,
        event text not null -- JSON
    );
    create index if not exists events_call on events (call_id);
    ';

function connect(): PDO
{
    static $database = null;
    if ($database === null) {
        $database = new PDO('sqlite:' . (getenv('DATABASE') ?: __DIR__ . '/netcore.db'));
        $database->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        // Full: what is answered 200 also survives a power failure.
        $database->exec('pragma busy_timeout = 10000; pragma journal_mode = wal');
        $database->exec('pragma synchronous = full');
        $database->exec(SCHEMA . TABLES);
    }
    return $database;
}

/** Stores a call, and returns once it is on the disk. */
function store_call(string $data): void
{
    $now = utc_text();
    connect()->prepare('insert into calls (received_at, data, due_at) values (?, ?, ?)')
        ->execute([$now, $data, $now]);
}

/** Makes the calls of a time range due again, and forgets their events. Returns how many. */
function reprocess(DateTimeInterface $from, DateTimeInterface $until): int
{
    $range = 'received_at >= ? and received_at < ?';
    $times = [utc_text($from), utc_text($until)];
    return in_transaction(function (PDO $database) use ($range, $times) {
        $database->prepare("delete from events where call_id in (select id from calls where $range)")
            ->execute($times);
        $update = $database->prepare(
            "update calls set due_at = received_at, attempts = 0 where $range",
        );
        $update->execute($times);
        return $update->rowCount();
    });
}

/** Works on the next call that is due. Returns whether there was one. */
function work_on_next_call(): bool
{
    return in_transaction(function (PDO $database) {
        $due = $database->prepare(
            'select id, data, attempts from calls where due_at <= ? order by due_at, id limit 1',
        );
        $due->execute([utc_text()]);
        $call = $due->fetchObject();
        $due->closeCursor();
        if ($call === false) {
            return false;
        }
        $isHandled = true;
        foreach (find_events(read_payload($call->data)) as $index => $found) {
            try {
                handle_once($database, $call->id, $index, $found);
            } catch (Throwable $error) {
                error_log("Event $index of call $call->id failed: $error");
                $isHandled = false;
            }
        }
        $attempts = $call->attempts + 1;
        $retrySeconds = min(2 ** $attempts, MAX_RETRY_SECONDS);
        $due = $isHandled ? null : utc_text(new DateTimeImmutable("+$retrySeconds seconds"));
        $database->prepare('update calls set due_at = ?, attempts = ? where id = ?')
            ->execute([$due, $attempts, $call->id]);
        return true;
    });
}

/** An event that fails leaves nothing behind. The other events of its call are kept. */
function handle_once(PDO $database, int $callId, int $index, Event $found): void
{
    // A weak key does not identify an event, and its place in the call does.
    $key = $found->weak ? "$callId.$index" : $found->key;
    $json = json_text($found->event);
    $database->exec('savepoint event');
    try {
        $row = $database->prepare(
            'insert into events values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
        );
        $row->execute([
            $key, $callId, $found->panel, $found->channel, $found->activity, $found->contact, $json,
        ]);
        if ($row->rowCount() === 1) {
            handle_event($found, $database);
        }
    } catch (Throwable $error) {
        $database->exec('rollback to event');
        throw $error;
    } finally {
        $database->exec('release event');
    }
}

/** Immediate: of several processes, one at a time works on a call. */
function in_transaction(callable $work): mixed
{
    $database = connect();
    $database->exec('begin immediate');
    try {
        $result = $work($database);
        $database->exec('commit');
        return $result;
    } catch (Throwable $error) {
        $database->exec('rollback');
        throw $error;
    }
}

function utc_text(DateTimeInterface $moment = new DateTimeImmutable()): string
{
    return DateTimeImmutable::createFromInterface($moment)
        ->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.u\Z');
}
