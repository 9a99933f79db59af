import type { Attempt } from '../../call/attempt.js';
import { createHistogram, type HistogramBucket } from '../../call/histogram.js';
import { outcomeSentence } from '../../call/outcome-sentence.js';
import { answerExcerpt } from '../answer-excerpt.js';
import { createTimeLine, type TimeSlice } from '../time-line.js';

/** The duration and the interval of calls, in milliseconds. */
export interface Soak {
  readonly durationMs: number;
  readonly intervalMs: number;
}

/** Consecutive failed calls. Times in milliseconds since 1970. */
interface Outage {
  readonly from: number;
  /** When a call was answered 200 again; null while it continues. */
  readonly to: number | null;
  readonly calls: number;
  /** The outcome of the first failed call, as a sentence. Untrusted text, without secrets. */
  readonly reason: string;
}

/** The progress of a soak: everything needed to resume it. */
export interface SoakFigures {
  /** Milliseconds since 1970. */
  readonly begun: number;
  /** When the last call was sent; `begun` before the first. */
  readonly latest: number;
  readonly calls: number;
  /** Total number of calls in the plan. */
  readonly planned: number;
  readonly answered200: number;
  /** Count of each status; `none` counts calls without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Of answered calls. Milliseconds. */
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSlice[];
  /** The first ones, and the last. */
  readonly outages: readonly Outage[];
  readonly outageCount: number;
}

/** The change that a call caused. */
export type SoakTurn =
  | { readonly kind: 'failed'; readonly outage: Outage }
  | { readonly kind: 'recovered'; readonly outage: Outage };

export interface SoakRecord {
  /** `time`: when the call was sent, in milliseconds since 1970. */
  add(attempt: Attempt, time: number): SoakTurn | undefined;
  figures(): SoakFigures;
}

const maxOutages = 100;

export function plannedCalls({ durationMs, intervalMs }: Soak): number {
  return Math.max(1, Math.ceil(durationMs / intervalMs));
}

export interface SoakBeginning {
  /** The progress of an interrupted run. */
  readonly before?: SoakFigures | undefined;
  /** Removes secrets from the endpoint's text, which is stored, shown and sent in alerts. */
  readonly conceal: (text: string) => string;
}

export function createSoakRecord(
  soak: Soak,
  now: number,
  { before, conceal }: SoakBeginning,
): SoakRecord {
  const begun = before?.begun ?? now;
  const planned = plannedCalls(soak);
  const times = createHistogram(before?.latencies);
  const timeLine = createTimeLine(soak.durationMs, before?.timeLine);
  const statuses = new Map(Object.entries(before?.statuses ?? {}));
  const outages = [...(before?.outages ?? [])];
  let { latest = begun, calls = 0, answered200 = 0, outageCount = 0 } = before ?? {};

  const ongoingOutage = (): Outage | undefined => {
    const last = outages.at(-1);
    return last?.to === null ? last : undefined;
  };
  const replaceLast = (outage: Outage) => {
    outages[outages.length - 1] = outage;
  };
  const failed = (attempt: Attempt, time: number): SoakTurn | undefined => {
    const now = ongoingOutage();
    if (now) {
      replaceLast({ ...now, calls: now.calls + 1 });
      return undefined;
    }
    const outage: Outage = { from: time, to: null, calls: 1, reason: conceal(reasonOf(attempt)) };
    outageCount += 1;
    if (outages.length === maxOutages) outages.pop();
    outages.push(outage);
    return { kind: 'failed', outage };
  };
  const answered = (time: number): SoakTurn | undefined => {
    const now = ongoingOutage();
    if (!now) return undefined;
    const outage = { ...now, to: time };
    replaceLast(outage);
    return { kind: 'recovered', outage };
  };
  return {
    add(attempt, time) {
      const status = attempt.kind === 'answered' ? String(attempt.status) : 'none';
      const good = status === '200';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (attempt.kind === 'answered') times.add(attempt.ms);
      // By call count, not by clock: the soak's time stands still while the process is stopped.
      timeLine.add(calls * soak.intervalMs, attempt.ms, good);
      calls += 1;
      latest = time;
      if (good) answered200 += 1;
      return good ? answered(time) : failed(attempt, time);
    },
    figures: () => ({
      ...{ begun, latest, calls, planned, answered200, outageCount },
      statuses: Object.fromEntries([...statuses].sort()),
      latencies: times.filled(),
      timeLine: timeLine.slices(),
      outages: [...outages],
    }),
  };
}

function reasonOf(attempt: Attempt): string {
  if (attempt.kind === 'failed') return attempt.reason;
  const excerpt = answerExcerpt(attempt);
  return outcomeSentence({ status: attempt.status, reason: excerpt === '' ? null : excerpt });
}
