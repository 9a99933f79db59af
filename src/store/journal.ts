import type { JournalFact } from '../call/journal-fact.js';
import type { Host } from '../host.js';
import { type Database, transaction } from './database.js';
import { hasDatabase, type StoreFiles } from './folder.js';
import { openUpToDate } from './schema.js';

export interface JournalEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The user of the operating system who did it; empty when unknown. */
  readonly user: string;
  readonly fact: JournalFact;
}

const maxEntries = 10_000;

/** Adds an entry to the journal of a store. A journal that cannot be written stops nothing. */
export function journal(
  files: StoreFiles,
  host: Pick<Host, 'now' | 'userName'>,
  fact: JournalFact,
): void {
  if (!hasDatabase(files)) return;
  let database: Database | undefined;
  try {
    database = openUpToDate(files);
    append(database, { time: host.now(), user: host.userName(), fact });
  } catch {
    // The store may be locked, full or read-only.
  } finally {
    database?.close();
  }
}

function append(database: Database, { time, user, fact }: JournalEntry): void {
  const { kind, ...detail } = fact;
  transaction(database, () => {
    database
      .prepare('insert into journal (time, kind, user, detail) values (?, ?, ?, ?)')
      .run([time, kind, user, JSON.stringify(detail)]);
    database.execute(
      `delete from journal where id <= (select max(id) from journal) - ${maxEntries}`,
    );
  });
}

/** The newest entries of a span of time, the oldest of them first. */
export function readJournal(
  files: StoreFiles,
  {
    since = 0,
    until = Number.MAX_SAFE_INTEGER,
    limit,
  }: {
    readonly since?: number | undefined;
    readonly until?: number | undefined;
    readonly limit: number;
  },
): readonly JournalEntry[] {
  const database = openUpToDate(files);
  try {
    return database
      .prepare(
        `select time, kind, user, detail from journal where time between ? and ?
         order by id desc limit ?`,
      )
      .all([since, until, limit])
      .map(([time, kind, user, detail]) => ({
        time: Number(time),
        user: String(user),
        fact: { kind, ...JSON.parse(String(detail)) } as JournalFact,
      }))
      .reverse();
  } finally {
    database.close();
  }
}
