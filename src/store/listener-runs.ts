import { type Database, readNumber, transaction } from './database.js';

/** A run of a listener. Times in milliseconds since 1970. */
export interface ListenerRun {
  readonly started: number;
  /** The last time when it was known to be alive. */
  readonly seen: number;
}

/** A time without a listener. */
export interface Downtime {
  readonly from: number;
  /** Undefined: no listener runs now. */
  readonly until: number | undefined;
}

const notePaceMs = 60_000;
/** A listener that was seen longer ago has ended. */
const staleMs = 2 * notePaceMs + 15_000;
/** Bounds the table of a listener that is restarted again and again. */
const maxRuns = 10_000;

/** Keeps the times when a listener ran. */
interface RunNote {
  /** Writes at the first call, then once a minute. */
  noteIfDue(database: Database): void;
  note(database: Database): void;
}

/** `now`: milliseconds since 1970. The run starts with this call. */
export function createRunNote(now: () => number): RunNote {
  const started = now();
  let id: number | undefined;
  let noted = Number.NEGATIVE_INFINITY;

  function note(database: Database): void {
    const seen = Math.max(started, now());
    if (id === undefined) id = transaction(database, () => addRun(database, { started, seen }));
    else database.prepare('update listener_runs set seen = ? where id = ?').run([seen, id]);
    noted = seen;
  }

  return {
    note,
    noteIfDue(database) {
      // A clock that was set back must not stop the notes.
      if (Math.abs(now() - noted) >= notePaceMs) note(database);
    },
  };
}

/** Returns the number of the added run. */
function addRun(database: Database, { started, seen }: ListenerRun): number {
  const id = readNumber(database, 'select coalesce(max(id), 0) + 1 from listener_runs');
  database.prepare('insert into listener_runs values (?, ?, ?)').run([id, started, seen]);
  database.prepare('delete from listener_runs where id <= ?').run([id - maxRuns]);
  return id;
}

/** Oldest first. */
export function readListenerRuns(database: Database): ListenerRun[] {
  return database
    .prepare('select started, seen from listener_runs order by started, seen')
    .all([])
    .map(([started, seen]) => ({ started: Number(started), seen: Number(seen) }));
}

/** The times between runs, which are in order, and until `now`. Before the first run, nothing is known. */
export function downtimesOf(runs: readonly ListenerRun[], now: number): Downtime[] {
  const downtimes: Downtime[] = [];
  let seen: number | undefined;
  for (const run of runs) {
    if (seen !== undefined && run.started > seen)
      downtimes.push({ from: seen, until: run.started });
    seen = Math.max(seen ?? 0, run.seen);
  }
  if (seen !== undefined && now - seen > staleMs) downtimes.push({ from: seen, until: undefined });
  return downtimes;
}
