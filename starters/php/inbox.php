<?php

// The durable record of calls: each is on the disk before it is answered, and worked through
// afterwards. Calls have a database of their own, so that no answer waits for the work.

require_once __DIR__ . '/payload.php';
require_once __DIR__ . '/handle-event.php';

const MAX_RETRY_SECONDS = 300;

const CALLS = '
    create table if not exists calls (
        id integer primary key autoincrement,
        received_at text not null, -- UTC
        data text not null, -- as received
        attempts integer not null default 0,
        due_at text -- of the next attempt; null when all its events are handled
    );
    create index if not exists calls_due on calls (due_at, id) where due_at is not null;
    create index if not exists calls_received on calls (received_at)';

const EVENTS = '
    create table if not exists events (
        event_key text primary key, -- each event has one row, also when Netcore repeats it
        call_id integer not null,
        panel text not null,
        channel text not null,
        activity text not null,
        contact text not null,
        event text not null -- JSON
    );
    create index if not exists events_call on events (call_id);';

function open_database(string $name, string $schema): PDO
{
    static $open = [];
    if (!isset($open[$name])) {
        $folder = getenv('DATA') ?: __DIR__ . '/data';
        if (!is_dir($folder)) {
            @mkdir($folder, 0700, true); // another process may have been quicker
        }
        $database = new PDO("sqlite:$folder/$name.db");
        $database->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $database->exec('pragma busy_timeout = 60000; pragma journal_mode = wal');
        // Full: what is committed also survives a power failure.
        $database->exec('pragma synchronous = full');
        $database->exec($schema);
        $open[$name] = $database;
    }
    return $open[$name];
}

function query(PDO $database, string $sql, array $values = []): PDOStatement
{
    $statement = $database->prepare($sql);
    $statement->execute($values);
    return $statement;
}

function calls(): PDO
{
    return open_database('calls', CALLS);
}

/** Stores a call, and returns once it is on the disk. */
function store_call(string $data): void
{
    $now = utc_text();
    $insert = 'insert into calls (received_at, data, due_at) values (?, ?, ?)';
    query(calls(), $insert, [$now, $data, $now]);
}

/** Works on the next call that is due. Returns whether there was one. */
function work_on_next_call(): bool
{
    $due = 'select id, data, attempts from calls where due_at <= ? order by due_at, id limit 1';
    $call = query(calls(), $due, [utc_text()])->fetchAll(PDO::FETCH_OBJ)[0] ?? null;
    if ($call === null) {
        return false;
    }
    $isHandled = true;
    in_transaction(function (PDO $database) use ($call, &$isHandled) {
        foreach (find_events(read_payload($call->data)) as $index => $found) {
            try {
                handle_once($database, $call->id, $index, $found);
            } catch (Throwable $error) {
                error_log("Event $index of call $call->id failed: $error");
                $isHandled = false;
            }
        }
    });
    $retrySeconds = min(2 ** min($call->attempts, 30), MAX_RETRY_SECONDS);
    $due = $isHandled ? null : utc_text(new DateTimeImmutable("+$retrySeconds seconds"));
    // Unless it was made due again meanwhile, which counts as an attempt.
    $update = 'update calls set due_at = ?, attempts = attempts + 1 where id = ? and attempts = ?';
    query(calls(), $update, [$due, $call->id, $call->attempts]);
    return true;
}

/** An event that fails leaves nothing behind. The other events of its call are kept. */
function handle_once(PDO $database, int $callId, int $index, Event $found): void
{
    // A weak key does not identify an event, and its place in the call does.
    $key = $found->weak ? "$callId.$index" : $found->key;
    $row = [$key, $callId, $found->panel, $found->channel, $found->activity, $found->contact];
    $insert = 'insert into events values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing';
    $database->exec('savepoint event');
    try {
        $inserted = query($database, $insert, [...$row, json_text($found->event)])->rowCount();
        if ($inserted === 1) {
            handle_event($found, $database);
        }
    } catch (Throwable $error) {
        $database->exec('rollback to event');
        throw $error;
    } finally {
        $database->exec('release event');
    }
}

/** Forgets the events of a time range, and makes its calls due again. Returns their number. */
function reprocess(DateTimeInterface $from, DateTimeInterface $until): int
{
    $range = 'where received_at >= ? and received_at < ?';
    $times = [utc_text($from), utc_text($until)];
    // The worker waits until both databases have changed.
    return in_transaction(function (PDO $database) use ($range, $times) {
        $forget = $database->prepare('delete from events where call_id = ?');
        $ids = query(calls(), "select id from calls $range", $times)->fetchAll(PDO::FETCH_COLUMN);
        foreach ($ids as $id) {
            $forget->execute([$id]);
        }
        $update = "update calls set due_at = received_at, attempts = attempts + 1 $range";
        return query(calls(), $update, $times)->rowCount();
    });
}

/** Immediate: of several processes, one at a time works. */
function in_transaction(callable $work): mixed
{
    $database = open_database('events', EVENTS . TABLES);
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
