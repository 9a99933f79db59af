import type { HandledCall, Handler } from '../helpers/handler.js';

/**
 * How long a call that was answered may still be under way at a kill, in milliseconds: until the
 * answer was read, and what became of the call was synced to disk.
 */
const underWay = 1_000;

export interface Repeats {
  /** How many calls were taken more than once. */
  readonly calls: number;
  /** Those that were under way at no kill when they were taken before. */
  readonly unexplained: readonly HandledCall[];
  /** Calls that came under more than one id. */
  readonly otherIds: readonly string[];
  readonly mostByOneKill: number;
}

/** Says why calls were delivered more than once; `kills` are times in milliseconds since 1970. */
export function explainRepeats({ calls, taken }: Handler, kills: readonly number[]): Repeats {
  const repeated = [...taken.values()].filter((each) => each.length > 1);
  const byKill = new Map<number, number>();
  const unexplained: HandledCall[] = [];
  for (const each of repeated) {
    // All but the last were taken in vain.
    for (const call of each.slice(0, -1)) {
      const kill = kills.find((time) => time >= call.time - 50 && time - call.time <= underWay);
      if (kill === undefined) unexplained.push(call);
      else byKill.set(kill, (byKill.get(kill) ?? 0) + 1);
    }
  }
  const ids = new Map<string, string>();
  const otherIds = new Set<string>();
  for (const { mark, id } of calls) {
    if ((ids.get(mark) ?? id) !== id) otherIds.add(mark);
    ids.set(mark, id);
  }
  return {
    calls: repeated.length,
    unexplained,
    otherIds: [...otherIds],
    mostByOneKill: Math.max(0, ...byKill.values()),
  };
}
