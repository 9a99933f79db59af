import type { Comparison, Side } from './comparison.js';

/** Events of one message and activity. The channel is empty when a side has none. */
export interface MessageTotal {
  readonly msgid: string;
  readonly channel: string;
  readonly event: string;
  readonly expected: number;
  readonly found: number;
}

/** Yields the totals of both sides, those with the most missing events first. */
export function* messageTotals(
  comparison: Comparison,
  withChannel: boolean,
): Generator<MessageTotal> {
  const channel = withChannel ? 'channel' : `''`;
  const sums = (side: Side) =>
    `select msgid, ${channel} as channel, event, sum(w) as w from (${comparison.events(side)}) group by 1, 2, 3`;
  const { database } = comparison;
  database.execute(
    `create table totals as select msgid, channel, event,
       coalesce(e.w, 0) as expected, coalesce(f.w, 0) as found
     from (${sums('expected')}) e full join (${sums('found')}) f using (msgid, channel, event)
     order by coalesce(e.w, 0) - coalesce(f.w, 0) desc, msgid, event, channel`,
  );
  const page = database.prepare(
    'select rowid, msgid, channel, event, expected, found from totals where rowid > ? limit 1000',
  );
  let last = 0;
  for (;;) {
    const rows = page.all([last]);
    for (const [, msgid, of, event, expected, found] of rows) {
      yield {
        msgid: String(msgid),
        channel: String(of),
        event: String(event),
        expected: Number(expected),
        found: Number(found),
      };
    }
    if (rows.length < 1000) return;
    last = Number(rows.at(-1)?.[0]);
  }
}
