import type { ProblemArguments, ProblemCode } from '../../problems/catalogue.js';
import { type Problem, problem } from '../../problems/problem.js';
import { EffortSpent } from './effort.js';
import type { Source } from './source.js';

/** What a reader made of a text: the payloads in it, and why there are not more. */
export interface Reading {
  /** Each source's text is the JSON of one payload, exactly as it was written. */
  readonly found: readonly Source[];
  /** The most telling failure. */
  readonly failure?: Failure | undefined;
}

/** A failure costs nothing until it is told: most are outdone by another reader's success. */
export interface Failure {
  readonly code: ProblemCode;
  /** The first payload that was begun: when others are found, this one is lost. */
  readonly begun?: BegunPayload | undefined;
  /** Makes the problem; `toByte` turns a place in the paste's text into its byte. */
  readonly tell: (toByte: (offset: number) => number) => Problem;
}

export interface BegunPayload {
  readonly failure: Failure;
  /** Where it begins in the paste's text. */
  readonly startsAt: () => number;
}

export const nothing: Reading = { found: [] };

export function found(...sources: readonly Source[]): Reading {
  return { found: sources };
}

export function failed<C extends ProblemCode>(
  code: C,
  args: (toByte: (offset: number) => number) => ProblemArguments<C>,
): Reading {
  return { found: [], failure: { code, tell: (toByte) => problem(code, args(toByte)) } };
}

/** Failures from the most telling to the least. */
const telling: readonly ProblemCode[] = [
  'paste_not_utf8',
  'payload_too_deep',
  'body_elsewhere',
  'print_shortened',
  'quotes_missing',
  'value_split',
  'paste_is_answer',
  'paste_is_page',
  'payload_ends_early',
  'payload_not_json',
  'payload_foreign',
  'data_empty',
  'payload_not_panels',
  'no_data_field',
  'payload_not_found',
];

/** Reads one stretch after the other until no steps are left; what was found by then stays found. */
export function readEach<T>(
  stretches: Iterable<T>,
  read: (stretch: T) => Reading,
): readonly Reading[] {
  const readings: Reading[] = [];
  for (const stretch of stretches) {
    const reading = unlessSpent(() => read(stretch));
    if (reading === undefined) break;
    readings.push(reading);
  }
  return readings;
}

/** What a reader answers; undefined when no steps were left for it. */
export function unlessSpent<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EffortSpent) return undefined;
    throw error;
  }
}

/** Readings of several stretches, as one. */
export function joined(readings: readonly Reading[]): Reading {
  return {
    found: readings.flatMap((reading) => reading.found),
    failure: readings.reduce<Failure | undefined>(
      (best, { failure }) => moreTelling(best, failure),
      undefined,
    ),
  };
}

export function moreTelling(
  one: Failure | undefined,
  other: Failure | undefined,
): Failure | undefined {
  if (!one || !other) return one ?? other;
  const best = telling.indexOf(other.code) < telling.indexOf(one.code) ? other : one;
  const begun = one.begun ?? other.begun;
  return best.begun === begun ? best : { ...best, begun };
}
