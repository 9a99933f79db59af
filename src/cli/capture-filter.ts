import type { CaptureQuery } from '../call/capture-query.js';
import type { CommandInput } from './command.js';
import { readEventFilter } from './event-filter.js';
import { captureFilter } from './options/choosing.js';
import type { OptionValues } from './options/option.js';

export type CaptureFilter = OptionValues<{ readonly all: typeof captureFilter }>;

/** `now` is the reference for durations, in milliseconds since 1970. */
export function captureQuery(filter: CaptureFilter, now: number): CaptureQuery {
  return {
    events: readEventFilter(filter),
    text: filter.text,
    statuses: filter.status,
    outcomes: filter.outcome,
    since: filter.since?.(now),
    until: filter.until?.(now),
  };
}

/** The first filter that was given: `--who`. */
export function givenFilter({ options }: CommandInput<CaptureFilter>): string | undefined {
  const given = Object.keys(captureFilter).find((attribute) => {
    const value = options[attribute as keyof CaptureFilter];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  return given === undefined ? undefined : `--${given}`;
}
