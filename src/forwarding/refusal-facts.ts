import type { AlertFact } from '../alerts/fact.js';
import { Problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { RefusalCode } from '../receiver/admission.js';
import type { RefusedCall } from '../receiver/call-handling.js';

/**
 * Who a refused call most likely comes from. `panel`: it had a valid login, or needed none.
 * `client`: it got no answer, so that its client knows.
 */
const senders: Readonly<Record<RefusalCode, 'panel' | 'stranger' | 'client'>> = {
  wrong_password: 'panel',
  not_recorded: 'panel',
  body_too_large: 'panel',
  too_busy: 'panel',
  too_many_connections: 'panel',
  loop: 'panel',
  expectation: 'panel',
  incomplete: 'client',
  no_credentials: 'stranger',
  not_basic: 'stranger',
  broken_credentials: 'stranger',
  unknown_user: 'stranger',
  malformed_request: 'stranger',
  tls_not_served: 'stranger',
  header_too_large: 'stranger',
  request_timeout: 'stranger',
  http_version: 'stranger',
  ambiguous_host: 'stranger',
  unclear_address: 'stranger',
  address_not_allowed: 'stranger',
  other_site: 'stranger',
  method_not_allowed: 'stranger',
  other_path: 'stranger',
};

/** The fact of a refused call, unless its client closed the connection. */
export function refusalFact(refusal: RefusedCall): AlertFact | undefined {
  const { code, status, time, user, remote } = refusal;
  if (senders[code] === 'client') return undefined;
  if (senders[code] === 'stranger') {
    return { kind: 'strangers', since: time, remote, refused: { [code]: 1 }, calls: 1 };
  }
  switch (code) {
    case 'wrong_password':
      return { kind: 'wrong_password', since: time, user: user ?? '', remote, calls: 1 };
    case 'not_recorded':
      return { kind: 'store_failing', since: time, reason: rootReason(refusal.error) };
    default:
      return { kind: 'not_200', since: time, status, code, calls: 1 };
  }
}

/** The cause of a problem, if any, since the alert describes the problem. */
function rootReason(error: unknown): string {
  return plainReason(error instanceof Problem ? (error.cause ?? error) : error);
}
