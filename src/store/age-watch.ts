import { placeAt, timeAt } from '../call/capture-id.js';
import {
  type AgeClock,
  type ClockDoubt,
  type ClockReading,
  createAgeClock,
  type LastTime,
} from './age-clock.js';
import type { Database } from './database.js';
import { transaction } from './transaction.js';

/** The time of day is doubted, or is believed again. */
export type ClockNews =
  | ({ readonly kind: 'clock_doubted' } & ClockTrouble)
  | { readonly kind: 'clock_believed' };

/** A doubt that matters to captures. */
export interface ClockTrouble {
  /** `jump`: while a process ran. `gap`: since the store was last in use. */
  readonly since: ClockDoubt['kind'];
  readonly aheadMs: number;
  readonly ranMs: number;
}

export interface AgeWatch {
  /** The time to judge ages by, in milliseconds since 1970. */
  now(database: Database): number;
}

const saveEveryMs = 60_000;

/** Keeps the time in the store, and tells of doubts. `ageMs` is how old captures may become. */
export function watchAges(
  ageMs: number,
  read: () => ClockReading,
  tell: (news: ClockNews) => void,
): AgeWatch {
  let clock: AgeClock | undefined;
  let told: string | undefined;
  let saved = Number.NEGATIVE_INFINITY;

  return {
    now(database) {
      const reading = read();
      clock ??= createAgeClock(lastTime(database), reading, ageMs);
      const { time, doubt, now } = clock.read(reading);
      const trouble = doubt && troubleOf(database, doubt, reading.wall - ageMs);
      const found = trouble && `${trouble.since} ${trouble.aheadMs}`;
      const news = found !== told;
      told = found;
      if (news || reading.uptime - saved >= saveEveryMs) {
        save(database, { time, doubt }, trouble !== undefined);
        saved = reading.uptime;
      }
      if (news) tell(trouble ? { kind: 'clock_doubted', ...trouble } : { kind: 'clock_believed' });
      return now;
    },
  };
}

/** A machine that was off is of no interest until a capture would be removed because of it. */
function troubleOf(
  database: Database,
  { kind, aheadMs, ranMs }: ClockDoubt,
  oldest: number,
): ClockTrouble | undefined {
  if (kind === 'gap' && aheadMs > 0) {
    const first = database.prepare('select min(place) from captures').first([])?.[0];
    if (typeof first !== 'number' || first >= placeAt(oldest)) return undefined;
  }
  return { since: kind, aheadMs, ranMs };
}

/** What the store tells of a doubt. */
export function readClockTrouble(database: Database): ClockTrouble | undefined {
  const row = database.prepare('select kind, ahead, ran from age_clock where told = 1').first([]);
  if (!row) return undefined;
  const [kind, ahead, ran] = row;
  return { since: kind === 'jump' ? 'jump' : 'gap', aheadMs: Number(ahead), ranMs: Number(ran) };
}

/** A store of an older version tells by its newest capture when it was last in use. */
function lastTime(database: Database): LastTime | undefined {
  const row = database.prepare('select time, kind, ahead, ran from age_clock').first([]);
  if (row) {
    const [time, kind, aheadMs, ranMs] = row;
    if (kind === null) return { time: Number(time), doubt: undefined };
    const since = kind === 'jump' ? 'jump' : 'gap';
    const doubt = { kind: since, aheadMs: Number(aheadMs), ranMs: Number(ranMs) } as const;
    return { time: Number(time), doubt };
  }
  const newest = database.prepare('select max(place) from captures').first([])?.[0];
  return typeof newest === 'number' ? { time: timeAt(newest), doubt: undefined } : undefined;
}

function save(database: Database, { time, doubt }: LastTime, told: boolean): void {
  const { kind = null, aheadMs = 0, ranMs = 0 } = doubt ?? {};
  transaction(database, () => {
    database.execute('delete from age_clock');
    database
      .prepare('insert into age_clock (time, kind, ahead, ran, told) values (?, ?, ?, ?, ?)')
      .run([Math.round(time), kind, Math.round(aheadMs), Math.round(ranMs), told ? 1 : 0]);
  });
}
