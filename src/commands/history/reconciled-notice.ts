import type { ReconciledNotice, ReconciledRow } from '../../output/notice.js';
import type { Sides } from '../../reconciliation/choose-key.js';
import type { Reconciliation } from '../../reconciliation/reconcile.js';
import type { ResultRow } from '../../reconciliation/results.js';
import { downtimesOf, type ListenerRun } from '../../store/listener-runs.js';

interface Compared {
  readonly sides: Sides;
  readonly key: readonly string[];
  /** Milliseconds. */
  readonly within: number | undefined;
  readonly written: string | undefined;
  /** Of the store; empty when nothing had to arrive there. */
  readonly runs: readonly ListenerRun[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The result of a comparison as a line of `--json`. */
export function reconciledNotice(
  result: Reconciliation,
  { sides, key, within, written, runs, now }: Compared,
): ReconciledNotice {
  const { both, missing, unexpected, unconfirmed, silent, first, last, histogram } = result;
  const [firstRun] = runs;
  return {
    type: 'reconciled',
    expected: {
      name: sides.expected.name,
      isStore: sides.expected.isStore,
      rows: result.rows.expected,
      repeated: result.repeatedExpected,
    },
    in: {
      name: sides.found.name,
      isStore: sides.found.isStore,
      rows: result.rows.found,
      repeated: result.repeatedFound,
    },
    key,
    within: within ?? null,
    both,
    missing,
    unexpected,
    unconfirmed,
    silent: silent.map(({ rows, ...activity }) => ({ ...activity, events: rows })),
    first: isoTime(first),
    last: isoTime(last),
    histogram: {
      step: histogram.step,
      counts: histogram.counts.map(({ start, rows }) => ({
        start: new Date(start * 1000).toISOString(),
        events: rows,
      })),
    },
    downtimes: downtimesOf(runs, now)
      .filter(({ from, until = now }) => {
        if (first === null || last === null) return false;
        const { step } = histogram;
        return from < (last + step) * 1000 && until > (first - step) * 1000;
      })
      .map(({ from, until }) => ({
        from: new Date(from).toISOString(),
        until: until === undefined ? null : new Date(until).toISOString(),
      })),
    listenersSince: firstRun ? new Date(firstRun.started).toISOString() : null,
    missingRows: result.missingRows.map(reconciledRow),
    unexpectedRows: result.unexpectedRows.map(reconciledRow),
    written: written ?? null,
  };
}

export function reconciledRow({ time, ...row }: ResultRow): ReconciledRow {
  return { ...row, time: isoTime(time) };
}

function isoTime(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}
