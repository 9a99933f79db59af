import type { AnsweredAttempt } from '../../call/attempt.js';
import type { Check } from '../check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import type { Endpoint } from '../probe.js';
import { wantedSchemes } from '../wanted-schemes.js';

export const credentialsCheck: Check = {
  id: 'credentials',
  group: 'authentication',
  suite: 'basic',
  title: 'Credentials accepted',
  sends: 'that same POST',
  harmless: true,
  decisive: true,
  needs: 'path',
  run: async (probe) => {
    const attempt = await probe.emptyCall();
    if (attempt.kind === 'failed') return [];
    switch (attempt.status) {
      case 401:
        return [shownBy(whyUnauthorized(attempt, probe.endpoint), attempt)];
      case 403:
      case 419:
        return [shownBy(whyForbidden(attempt), attempt)];
      default:
        return [];
    }
  },
};

function whyUnauthorized(attempt: AnsweredAttempt, { credentials }: Endpoint): Finding {
  const schemes = wantedSchemes(attempt);
  if (schemes.includes('Basic')) {
    return credentials
      ? finding('credentials_refused', { user: credentials.user })
      : finding('credentials_needed');
  }
  if (schemes.length > 0) return notBasic(schemes, attempt);
  return credentials
    ? finding('credentials_refused', { user: credentials.user })
    : finding('authentication_unclear');
}

function whyForbidden(attempt: AnsweredAttempt): Finding {
  const schemes = wantedSchemes(attempt).filter((scheme) => scheme !== 'Basic');
  if (schemes.length > 0) return notBasic(schemes, attempt);
  return finding('forbidden', { what: 'A call', status: attempt.status });
}

function notBasic(schemes: readonly string[], { status }: AnsweredAttempt): Finding {
  return finding('authentication_not_basic', { scheme: schemes.join(' or '), status });
}
