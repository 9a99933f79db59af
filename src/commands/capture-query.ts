import { type Outcome, outcomes } from '../call/outcome.js';
import type { TypedCaptureFilter } from '../cli/capture-filter.js';
import { readEventFilter } from '../cli/event-filter.js';
import { commaList, moment } from '../cli/option-values.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import type { CaptureQuery, StatusRange } from '../store/capture-query.js';

/** The filters as typed; `now` is what durations are counted back from. */
export function readCaptureQuery(typed: TypedCaptureFilter, now: number): CaptureQuery {
  return {
    events: readEventFilter(typed),
    text: typed.text,
    statuses: commaList(typed.status ?? [], '--status').map(readStatus),
    outcomes: commaList(typed.outcome ?? [], '--outcome').map(readOutcome),
    since: typed.since === undefined ? undefined : moment('--since', typed.since, now),
    until: typed.until === undefined ? undefined : moment('--until', typed.until, now),
  };
}

function readOutcome(typed: string): Outcome {
  const known = outcomes.find((outcome) => outcome === typed.toLowerCase());
  if (known) return known;
  const meant = nearest(typed.toLowerCase(), outcomes);
  throw problem('invalid_value', {
    what: '--outcome',
    value: typed,
    reason: 'there is no such outcome',
    hint: meant ? `Did you mean "${meant}"?` : `Outcomes: ${outcomes.join(', ')}.`,
  });
}

function readStatus(typed: string): StatusRange {
  const [, hundreds, rest = ''] = /^([1-5])(\d\d|xx)$/i.exec(typed) ?? [];
  if (hundreds === undefined) {
    throw problem('invalid_value', {
      what: '--status',
      value: typed,
      reason: 'it is no status of HTTP',
      hint: 'Write it like 503, or 5xx for all of them.',
    });
  }
  const hundred = Number(hundreds) * 100;
  if (rest.toLowerCase() === 'xx') return { first: hundred, last: hundred + 99 };
  return { first: hundred + Number(rest), last: hundred + Number(rest) };
}
