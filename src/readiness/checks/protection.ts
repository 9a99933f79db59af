import type { Attempt } from '../../call/attempt.js';
import { headerValue } from '../../call/headers.js';
import type { Check } from '../check.js';
import { type Finding, finding } from '../findings.js';
import { isAccepted } from '../judge-answer.js';

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
    if (isAccepted(none)) return [finding('open_to_everybody')];
    if (isAccepted(wrong)) return [finding('wrong_password_accepted')];
    const found =
      whyNot401('A call without credentials', none) ??
      whyNot401('A call with a wrong password', wrong);
    return found ? [found] : [];
  },
};

function whyNot401(what: string, attempt: Attempt): Finding | undefined {
  if (attempt.kind === 'failed') {
    return finding('refusal_not_answered', { what, reason: attempt.reason });
  }
  const { status } = attempt;
  return status === 401 ? undefined : finding('refusal_not_401', { what, status });
}
