import type { ProblemArguments, ProblemCode } from '../../problems/catalogue.js';
import { type Problem, problem } from '../../problems/problem.js';
import { EffortSpent } from './effort.js';
import type { Source } from './source.js';

/** The result of a reader: the payloads in a text, and why there are not more. */
export interface Reading {
  /** Each source's text is the original JSON of one payload. */
  readonly found: readonly Source[];
  /** The most specific failure. */
  readonly failure?: Failure | undefined;
}

/** Problems are built lazily, since another reader's success replaces most failures. */
export interface Failure {
  readonly code: ProblemCode;
  /** The first payload that was begun: when others are found, this one is lost. */
  readonly begun?: BegunPayload | undefined;
  /** Builds the problem; `toByte` converts a text offset to a byte offset in the paste. */
  readonly toProblem: (toByte: (offset: number) => number) => Problem;
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
  return { found: [], failure: { code, toProblem: (toByte) => problem(code, args(toByte)) } };
}

/** Failures from the most to the least specific. */
const mostSpecificFirst: readonly ProblemCode[] = [
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

/** Reads the stretches until the budget is spent, and keeps what was found. */
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

/** The result of a reader; undefined when the budget was spent. */
export function unlessSpent<R>(read: () => R): R | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EffortSpent) return undefined;
    throw error;
  }
}

/** Merges the readings of several stretches. */
export function joined(readings: readonly Reading[]): Reading {
  return {
    found: readings.flatMap((reading) => reading.found),
    failure: readings.reduce<Failure | undefined>(
      (best, { failure }) => moreSpecific(best, failure),
      undefined,
    ),
  };
}

export function moreSpecific(
  one: Failure | undefined,
  other: Failure | undefined,
): Failure | undefined {
  if (!one || !other) return one ?? other;
  const best =
    mostSpecificFirst.indexOf(other.code) < mostSpecificFirst.indexOf(one.code) ? other : one;
  const begun = one.begun ?? other.begun;
  return best.begun === begun ? best : { ...best, begun };
}
