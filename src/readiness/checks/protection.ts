import { headerValue } from '../../call/headers.js';
import type { Check } from '../check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import { isAccepted } from '../judge-answer.js';
import type { SentCall } from '../sent-call.js';

export const protectionCheck: Check = {
  id: 'protection',
  group: 'authentication',
  suite: 'basic',
  title: 'Requests without credentials refused',
  sends: 'POSTs without a body: one without credentials, one with a wrong password',
  harmless: true,
  needs: 'credentials',
  run: async (probe) => {
    const { credentials, headers } = probe.endpoint;
    const loggedIn = credentials ?? headerValue(headers, 'authorization');
    // The previous check found that credentials are not required.
    if (loggedIn === undefined) return [finding('open_to_everybody')];
    const { none, wrong } = await probe.unauthenticatedCalls();
    if (isAccepted(none)) return [shownBy(finding('open_to_everybody'), none)];
    if (isAccepted(wrong)) return [shownBy(finding('wrong_password_accepted'), wrong)];
    const found = whyNot401(none) ?? whyNot401(wrong);
    return found ? [found] : [];
  },
};

function whyNot401(attempt: SentCall): Finding | undefined {
  const { what } = attempt;
  if (attempt.kind === 'failed') {
    return shownBy(finding('refusal_not_answered', { what, reason: attempt.reason }), attempt);
  }
  const { status } = attempt;
  if (status === 401) return undefined;
  return shownBy(finding('refusal_not_401', { what, status }), attempt);
}
