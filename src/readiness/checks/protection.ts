import type { Attempt } from '../../call/attempt.js';
import { headerValue } from '../../call/headers.js';
import type { Check } from '../check.js';
import { type Finding, finding } from '../findings.js';

/** Nobody's: whoever lets it in does not look at the password. */
const wrongPassword = 'netcore-hook test-endpoint: a wrong password';

export const protectionCheck: Check = {
  id: 'protection',
  group: 'authentication',
  title: 'Strangers kept out',
  sends: 'POSTs without a body: one without credentials, one with a wrong password',
  harmless: true,
  needs: 'credentials',
  run: async (probe) => {
    const { credentials, headers } = probe.endpoint;
    const loggedIn = credentials ?? headerValue(headers, 'authorization');
    // Credentials were not needed, as the check before found.
    if (loggedIn === undefined) return [finding('open_to_everybody')];
    const stranger = await probe.emptyCallAs(undefined);
    if (isLetIn(stranger)) return [finding('open_to_everybody')];
    const user = credentials?.user ?? 'netcore';
    const guess = await probe.emptyCallAs({ user, password: wrongPassword });
    if (isLetIn(guess)) return [finding('wrong_password_accepted')];
    const found =
      whyNot401('A call without credentials', stranger) ??
      whyNot401('A call with a wrong password', guess);
    return found ? [found] : [];
  },
};

function isLetIn(attempt: Attempt): boolean {
  return attempt.kind === 'answered' && attempt.status < 300;
}

function whyNot401(what: string, attempt: Attempt): Finding | undefined {
  if (attempt.kind === 'failed') {
    return finding('refusal_not_answered', { what, reason: attempt.reason });
  }
  const { status } = attempt;
  return status === 401 ? undefined : finding('refusal_not_401', { what, status });
}
