import type { Attempt } from '../../call/attempt.js';
import type { Check } from '../check.js';
import { formBody } from '../event-check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import { refusesEmptyCall } from '../judge-answer.js';

/** Milliseconds: after a second without a 100 the body is sent anyway. */
const waitedMs = 1000;

export const expectCheck: Check = {
  id: 'expect',
  group: 'protocol',
  suite: 'full',
  title: 'HTTP/1.1, and Expect: 100-continue',
  sends: 'an event with the header that curl adds to large calls',
  harmless: false,
  eventCalls: 1,
  needs: 'credentials',
  run: async (probe) => {
    if (refusesEmptyCall(await probe.emptyCall())) return [];
    const { panel, take } = probe.events;
    const body = new TextEncoder().encode(formBody({ [panel]: take(1) }));
    const { attempt, continued, version } = await probe.expectingCall(body);
    const found = judge(attempt, continued, version);
    return found ? [shownBy(found, attempt)] : [];
  },
};

function judge(attempt: Attempt, continued: boolean, version: string): Finding | undefined {
  if (attempt.kind === 'failed') return finding('expect_not_answered', { reason: attempt.reason });
  if (version === '1.0') return finding('http_1_0');
  if (attempt.status === 417) return finding('expect_refused');
  return !continued && attempt.ms >= waitedMs ? finding('expect_ignored') : undefined;
}
