import type { TypedCaptureFilter } from '../cli/capture-filter.js';
import { readEventFilter } from '../cli/event-filter.js';
import { commaList, moment } from '../cli/option-values.js';
import { problem } from '../problems/problem.js';
import type { CaptureQuery, StatusRange } from '../store/capture-query.js';

/** The filters as typed; `now` is what durations are counted back from. */
export function readCaptureQuery(typed: TypedCaptureFilter, now: number): CaptureQuery {
  return {
    events: readEventFilter(typed),
    text: typed.text,
    statuses: commaList(typed.status ?? [], '--status').map(readStatus),
    since: typed.since === undefined ? undefined : moment('--since', typed.since, now),
    until: typed.until === undefined ? undefined : moment('--until', typed.until, now),
  };
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
