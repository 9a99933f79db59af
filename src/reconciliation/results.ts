import type { KeyField } from '../payload/row-fields.js';
import type { Database, SqlRow } from '../store/database.js';

/** A row of a result. Times in seconds since 1970; null without one. */
export interface ResultRow {
  /** Where it is: `report.csv:17`, or the id of an event in the store. */
  readonly at: string;
  readonly panel: string;
  readonly msgid: string;
  readonly who: string;
  readonly channel: string;
  readonly event: string;
  readonly time: number | null;
}

/** An activity of a message of which the other side has nothing at all. */
export interface SilentActivity {
  readonly msgid: string;
  readonly channel: string;
  readonly event: string;
  readonly rows: number;
}

export interface Histogram {
  /** The length of a step in seconds. */
  readonly step: number;
  /** Steps with missing events, by their start in seconds since 1970. */
  readonly counts: readonly { readonly start: number; readonly rows: number }[];
}

const steps = [60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 28 * 86_400, 364 * 86_400];
const maxSteps = 40;
const pageRows = 2000;
const resultColumns = 'at, panel, msgid, who, channel, event, t';

/**
 * Separates the missing activities of which nothing came. `shared` are the fields that both sides have:
 * without message ids and activities, nothing can be separated.
 */
export function separateSilent(
  database: Database,
  shared: ReadonlySet<KeyField>,
): SilentActivity[] {
  if (!shared.has('msgid') || !shared.has('event')) return [];
  const channel = shared.has('channel') ? 'channel' : `''`;
  database.execute(
    `create table silent (msgid text, channel text, event text, rows integer,
       primary key (msgid, channel, event)) without rowid;
     insert into silent select msgid, ${channel}, event, count(*) from missing join expected using (n)
       where msgid <> '' and event <> '' group by 1, 2, 3;
     delete from silent where (msgid, channel, event) in
       (select distinct msgid, ${channel}, event from found);
     update missing set silent = 1 where n in (select n from missing join expected using (n)
       where (msgid, ${channel}, event) in (select msgid, channel, event from silent));`,
  );
  return database
    .prepare(
      'select msgid, channel, event, rows from silent order by rows desc, msgid, event limit 10000',
    )
    .all([])
    .map(([msgid, of, event, rows]) => ({
      msgid: String(msgid),
      channel: String(of),
      event: String(event),
      rows: Number(rows),
    }));
}

const notSilent = 'from missing join expected using (n) where not silent';

/** The times of the missing events that are not part of a silent activity. */
export function missingSpan(database: Database): { first: number | null; last: number | null } {
  const [first = null, last = null] =
    database.prepare(`select min(t), max(t) ${notSilent}`).first([]) ?? [];
  return { first: asTime(first), last: asTime(last) };
}

/** Counts those by minute, or by the shortest longer step that gives few enough counts. */
export function missingHistogram(database: Database): Histogram {
  const countSteps = (step: number) =>
    Number(
      database
        .prepare(`select count(distinct t / ${step}) ${notSilent} and t is not null`)
        .first([])?.[0],
    );
  const step = steps.find((each) => countSteps(each) <= maxSteps) ?? 364 * 86_400;
  const counts = database
    .prepare(
      `select t / ${step} * ${step}, count(*) ${notSilent} and t is not null
       group by 1 order by 1 limit ${maxSteps}`,
    )
    .all([])
    .map(([start, rows]) => ({ start: Number(start), rows: Number(rows) }));
  return { step, counts };
}

/** The first missing events by time, without those of silent activities. */
export function firstMissing(database: Database, limit: number): ResultRow[] {
  return database
    .prepare(`select ${resultColumns} ${notSilent} order by t, n limit ?`)
    .all([limit])
    .map(resultRow);
}

export function firstUnexpected(database: Database, limit: number): ResultRow[] {
  return database
    .prepare(`select ${resultColumns} from unexpected join found using (n) order by t, n limit ?`)
    .all([limit])
    .map(resultRow);
}

/** Yields all missing rows in the order in which they were expected. */
export function* everyMissing(database: Database): Generator<{ at: string; text: string }> {
  const page = database.prepare(
    `select n, at, raw from missing join expected using (n) where n > ? order by n limit ${pageRows}`,
  );
  let last = 0;
  for (;;) {
    const rows = page.all([last]);
    for (const [, at, text] of rows) yield { at: String(at), text: String(text) };
    if (rows.length < pageRows) return;
    last = Number(rows.at(-1)?.[0]);
  }
}

function resultRow(row: SqlRow): ResultRow {
  const [at, panel, msgid, who, channel, event] = row.map(String);
  return {
    at: at ?? '',
    panel: panel ?? '',
    msgid: msgid ?? '',
    who: who ?? '',
    channel: channel ?? '',
    event: event ?? '',
    time: asTime(row[6] ?? null),
  };
}

function asTime(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
