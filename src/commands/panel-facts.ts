import type { CaptureQuery } from '../call/capture-query.js';
import type { ListedCapture } from '../store/capture-search.js';
import type { Database } from '../store/database.js';
import { createInserter } from '../store/row-inserter.js';
import { type Failures, FailureWatch } from './failure-watch.js';
import { eventsWithKeys, strongKey } from './keyed-events.js';
import { likelyOffset } from './panel-offset.js';
import { ValueCounts } from './value-counts.js';

/** What calls show about how a panel sends them. Durations in milliseconds; null: nothing shows it. */
export interface PanelFacts {
  readonly calls: number;
  readonly events: number;
  /** Times of the first and the last call, in milliseconds since 1970. */
  readonly first: number | null;
  readonly last: number | null;
  /** The addresses that calls came from, the most frequent first. */
  readonly peers: readonly PeerFacts[];
  /** Events of a call. */
  readonly batch: {
    readonly min: number | null;
    readonly median: number | null;
    readonly p95: number | null;
    readonly max: number | null;
    /** How far the events of a call lie apart, in 95 % of the calls. */
    readonly spanMs: number | null;
  };
  readonly lag: LagFacts | null;
  /** The share of events that happened a minute or more before one that came earlier. */
  readonly late: number | null;
  readonly repeats: {
    /** Events beyond the first of each key, and their share. */
    readonly events: number;
    readonly share: number | null;
    readonly medianMs: number | null;
    readonly maxMs: number | null;
  };
  readonly failures: Failures & {
    /** How many of these calls had events that came again. */
    readonly repeated: number;
    readonly repeatMedianMs: number | null;
    /** The most calls that brought the same event again. */
    readonly repeatTimes: number;
  };
}

interface PeerFacts {
  readonly address: string;
  readonly calls: number;
}

interface LagFacts {
  /** The offset of the panel's clock from UTC in minutes, which makes all lags positive and small. */
  readonly offsetMinutes: number;
  /** The share of events whose lag is then below an hour. */
  readonly share: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

const maxPeers = 10_000;
const lateMs = 60_000;
const hourSeconds = 3600;

/** Measures calls that have events, oldest first. Keys go into `database`, which must be empty. */
export class FactsCounter {
  readonly #query: CaptureQuery;
  readonly #database: Database;
  readonly #keys: ReturnType<typeof createInserter>;
  readonly #callRows: ReturnType<typeof createInserter>;
  readonly #peers = new Map<string, number>();
  readonly #batches = new ValueCounts();
  readonly #spans = new ValueCounts();
  /** Seconds from the written time, taken for UTC, to the arrival. */
  readonly #lags = new ValueCounts();
  readonly #failures = new FailureWatch();
  #calls = 0;
  #events = 0;
  #timed = 0;
  #late = 0;
  #latest = Number.NEGATIVE_INFINITY;
  #first: number | null = null;
  #last: number | null = null;

  constructor(database: Database, query: CaptureQuery) {
    this.#database = database;
    this.#query = query;
    database.execute('create table calls (seq integer primary key, time integer, failed integer)');
    database.execute('create table keys (key blob, seq integer)');
    database.execute('begin');
    this.#keys = createInserter(database, 'keys', 'key, seq');
    this.#callRows = createInserter(database, 'calls', 'seq, time, failed');
  }

  add(capture: ListedCapture): void {
    const { seq, time, status, remote } = capture;
    const times = new Set<number>();
    let events = 0;
    for (const event of eventsWithKeys(capture, this.#query.events)) {
      events += 1;
      const key = strongKey(event);
      if (key !== undefined) this.#keys.add([Buffer.from(key, 'hex'), seq]);
      const written = wallMs(event.time);
      if (written === undefined) continue;
      times.add(written);
      this.#timed += 1;
      this.#lags.add(Math.round((time - written) / 1000));
      if (written <= this.#latest - lateMs) this.#late += 1;
    }
    if (events === 0) return;
    this.#calls += 1;
    this.#events += events;
    this.#first ??= time;
    this.#last = time;
    this.#batches.add(events);
    if (events > 1 && times.size > 0) this.#spans.add(Math.max(...times) - Math.min(...times));
    for (const each of times) this.#latest = Math.max(this.#latest, each);
    if (this.#peers.size < maxPeers || this.#peers.has(remote)) {
      this.#peers.set(remote, (this.#peers.get(remote) ?? 0) + 1);
    }
    this.#failures.add(time, status);
    this.#callRows.add([seq, time, status === 200 ? 0 : 1]);
  }

  result(): PanelFacts {
    this.#keys.flush();
    this.#callRows.flush();
    this.#database.execute(
      `create table repeated as select key, count(distinct seq) as calls, count(*) as events,
         min(seq) as seq from keys group by key having count(*) > 1`,
    );
    return {
      calls: this.#calls,
      events: this.#events,
      first: this.#first,
      last: this.#last,
      peers: [...this.#peers]
        .map(([address, calls]) => ({ address, calls }))
        .sort((one, other) => other.calls - one.calls),
      batch: {
        min: this.#batches.quantile(0),
        median: this.#batches.quantile(0.5),
        p95: this.#batches.quantile(0.95),
        max: this.#batches.quantile(1),
        spanMs: this.#spans.quantile(0.95),
      },
      lag: this.#lag(),
      late: share(this.#late, this.#timed),
      repeats: this.#repeats(),
      failures: { ...this.#failures.result(), ...this.#afterFailures() },
    };
  }

  #lag(): LagFacts | null {
    const offsetMinutes = likelyOffset(this.#lags);
    if (offsetMinutes === undefined) return null;
    const lagMs = (part: number) => ((this.#lags.quantile(part) ?? 0) + offsetMinutes * 60) * 1000;
    const from = -offsetMinutes * 60;
    return {
      offsetMinutes,
      share: share(this.#lags.within(from - 60, from + hourSeconds), this.#lags.total) ?? 0,
      medianMs: lagMs(0.5),
      p95Ms: lagMs(0.95),
      maxMs: lagMs(1),
    };
  }

  #repeats(): PanelFacts['repeats'] {
    const events = this.#number('select coalesce(sum(events - 1), 0) from repeated') ?? 0;
    // From the first call with an event to the last one.
    const gaps = `select (select max(calls.time) from keys join calls on calls.seq = keys.seq
        where keys.key = repeated.key) - first.time as gap
      from repeated join calls as first on first.seq = repeated.seq`;
    if (events > 0) this.#database.execute('create index keys_by_key on keys (key)');
    return {
      events,
      share: share(events, this.#events),
      ...this.#quantiles(gaps, events),
    };
  }

  #quantiles(gaps: string, events: number) {
    if (events === 0) return { medianMs: null, maxMs: null };
    this.#database.execute(`create table gaps as ${gaps}`);
    return {
      medianMs: this.#number(
        'select gap from gaps order by gap limit 1 offset (select count(*) / 2 from gaps)',
      ),
      maxMs: this.#number('select max(gap) from gaps'),
    };
  }

  #afterFailures() {
    // The index of keys exists when there are repeats.
    this.#database.execute(
      `create table again as select failed.seq,
         min(later.time) - failed.time as gap, max(repeated.calls) - 1 as times
       from repeated join keys on keys.key = repeated.key
         join calls as failed on failed.seq = keys.seq and failed.failed = 1
         join keys as others on others.key = repeated.key and others.seq > failed.seq
         join calls as later on later.seq = others.seq
       group by failed.seq`,
    );
    return {
      repeated: this.#number('select count(*) from again') ?? 0,
      repeatMedianMs: this.#number(
        'select gap from again order by gap limit 1 offset (select count(*) / 2 from again)',
      ),
      repeatTimes: this.#number('select max(times) from again') ?? 0,
    };
  }

  #number(sql: string): number | null {
    const value = this.#database.prepare(sql).first([])?.[0];
    return typeof value === 'number' ? value : null;
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

/** A written time as if it were UTC. */
function wallMs(time: string | null): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(time ?? '');
  if (!match) return undefined;
  const ms = Date.parse(`${match[1]}T${match[2]}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
