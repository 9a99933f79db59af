import type { Check } from '../check.js';
import { formBody } from '../event-check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import { judgeAnswer } from '../judge-answer.js';
import { judgeContent } from '../judge-content.js';
import type { TestEvents } from '../test-events.js';
import { slowAnswer } from './answer-time.js';

/** Frameworks stop at 100 kB, 500 kB and 1 MB; the steps lie between these limits. */
const counts = [1, 100, 300, 1000];
/** Slightly above the common limit of 1 MiB. */
const aboveOneMegabyte = 1_150_000;

export const batchSizeCheck: Check = {
  id: 'batch_size',
  group: 'payload',
  suite: 'full',
  title: 'Batches up to 1,000 events and 1 MB',
  sends: '1, 100, 300 and 1,000 events in a call, and a call of more than 1 MB',
  harmless: false,
  eventCalls: counts.length + 1,
  needs: 'sample',
  run: async (probe) => {
    let fits = 0;
    let slow: Finding | undefined;
    let contradicts: Finding | undefined;
    for (const count of [...counts, undefined]) {
      const body = new TextEncoder().encode(
        count === undefined ? largeBody(probe.events) : batchBody(probe.events, count),
      );
      const what = `A call with ${count === undefined ? 'a large batch' : eventCount(count)} (${sizeOf(body.length)})`;
      const attempt = await probe.call(what, { body });
      if (probe.death()) return [];
      if (attempt.kind === 'answered' && attempt.status === 413) {
        return [shownBy(finding('body_too_large', { what, fits, bytes: body.length }), attempt)];
      }
      const found = judgeAnswer(what, attempt, probe.endpoint.timeout, 'any_batch');
      if (found) return [found];
      contradicts ??= judgeContent(what, attempt);
      slow ??= slowAnswer(what, attempt);
      fits = body.length;
    }
    const isNew = contradicts && !probe.general.has(contradicts.code);
    return [isNew ? contradicts : undefined, slow].filter((each) => each !== undefined);
  },
};

function batchBody({ panel, take }: TestEvents, count: number): string {
  return formBody({ [panel]: take(count) });
}

function largeBody({ panel, take }: TestEvents): string {
  const few = formBody({ [panel]: take(100) }).length;
  return formBody({ [panel]: take(Math.ceil((aboveOneMegabyte / few) * 100)) });
}

function eventCount(count: number): string {
  return count === 1 ? 'one event' : `${count.toLocaleString('en')} events`;
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
