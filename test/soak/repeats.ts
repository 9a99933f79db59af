import type { HandledCall, Handler } from '../helpers/handler.js';

/**
 * How long a call that was answered may still be under way, in milliseconds: until the answer was
 * read, and what became of the call was synced to disk.
 */
const underWay = 1_000;
/** How exact the times of two processes are, beside each other. */
const exactness = 50;

/** Something that may leave a call without a record of its end, in milliseconds since 1970. */
export interface Fault {
  readonly from: number;
  /** The same as `from` for what happens at once. */
  readonly to: number;
}

export interface Repeats {
  /** How many calls were taken more than once. */
  readonly calls: number;
  /** Those that were under way at no fault when they were taken before. */
  readonly unexplained: readonly HandledCall[];
  /** Calls that came under more than one id. */
  readonly otherIds: readonly string[];
  readonly maxByOneFault: number;
}

/** Says why calls were delivered more than once. */
export function explainRepeats({ calls, taken }: Handler, faults: readonly Fault[]): Repeats {
  const repeated = [...taken.values()].filter((each) => each.length > 1);
  const byFault = new Map<Fault, number>();
  const unexplained: HandledCall[] = [];
  for (const each of repeated) {
    // All but the last were taken in vain.
    for (const call of each.slice(0, -1)) {
      const fault = faults.find(
        ({ from, to }) => call.time >= from - underWay && call.time <= to + exactness,
      );
      if (fault) byFault.set(fault, (byFault.get(fault) ?? 0) + 1);
      else unexplained.push(call);
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
    maxByOneFault: Math.max(0, ...byFault.values()),
  };
}
