import type { AlertFact } from '../alerts/fact.js';
import { Problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { RefusalCode } from '../receiver/admission.js';
import type { RefusedCall } from '../receiver/call-handling.js';

/**
 * Who a refused call most likely comes from. `panel`: it had a valid login, or needed none.
 * `client`: it got no answer, so that its client knows.
 */
const senders: Readonly<Record<RefusalCode, 'panel' | 'other' | 'client'>> = {
  wrong_password: 'panel',
  not_recorded: 'panel',
  body_too_large: 'panel',
  too_busy: 'panel',
  too_many_connections: 'panel',
  loop: 'panel',
  expectation: 'panel',
  incomplete: 'client',
  no_credentials: 'other',
  not_basic: 'other',
  broken_credentials: 'other',
  unknown_user: 'other',
  malformed_request: 'other',
  tls_not_served: 'other',
  header_too_large: 'other',
  request_timeout: 'other',
  http_version: 'other',
  ambiguous_host: 'other',
  unclear_address: 'other',
  address_not_allowed: 'other',
  other_site: 'other',
  method_not_allowed: 'other',
  other_path: 'other',
};

/** The fact of a refused call, unless its client closed the connection. */
export function refusalFact(refusal: RefusedCall): AlertFact | undefined {
  const { code, status, time, user, remote } = refusal;
  if (senders[code] === 'client') return undefined;
  if (senders[code] === 'other') {
    return { kind: 'calls_refused', since: time, remote, refused: { [code]: 1 }, calls: 1 };
  }
  switch (code) {
    case 'wrong_password':
      return { kind: 'wrong_password', since: time, user: user ?? '', remote, calls: 1 };
    case 'not_recorded':
      return { kind: 'store_failing', since: time, reason: rootReason(refusal.error) };
    default:
      return { kind: 'not_200', since: time, status, code, calls: 1, refused: { [code]: 1 } };
  }
}

/** The cause of a problem, if any, since the alert describes the problem. */
function rootReason(error: unknown): string {
  return plainReason(error instanceof Problem ? (error.cause ?? error) : error);
}
