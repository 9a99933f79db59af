import { hash, timingSafeEqual } from 'node:crypto';

export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

export type AuthOutcome =
  | { readonly kind: 'right' }
  | { readonly kind: 'refused'; readonly code: AuthRefusal; readonly user: string | undefined };

export type AuthRefusal =
  | 'no_credentials'
  | 'not_basic'
  | 'broken_credentials'
  | 'unknown_user'
  | 'wrong_password';

export type Authenticate = (headers: readonly string[]) => AuthOutcome;

/**
 * Checks Basic authentication (RFC 7617) against one or several pairs, so that a password can be
 * rotated. Takes all Authorization headers of a call and rejects more than one. Compares user and
 * password of every pair in constant time.
 */
export function basicAuthenticator(accepted: readonly BasicCredentials[]): Authenticate {
  // Digests have the same length for any input.
  const digest = (bytes: Buffer) => hash('sha256', bytes, 'buffer');
  const pairs = accepted.map(({ user, password }) => ({
    user: digest(Buffer.from(user, 'utf8')),
    password: digest(Buffer.from(password, 'utf8')),
  }));

  return (headers) => {
    const presented = parseBasic(headers);
    const user = digest(presented.user);
    const password = digest(presented.password);
    let userKnown = false;
    let right = false;
    for (const pair of pairs) {
      const sameUser = timingSafeEqual(pair.user, user);
      const samePassword = timingSafeEqual(pair.password, password);
      userKnown = sameUser || userKnown;
      right = (sameUser && samePassword) || right;
    }
    if (presented.problem) {
      return { kind: 'refused', code: presented.problem, user: undefined };
    }
    if (right) return { kind: 'right' };
    return {
      kind: 'refused',
      code: userKnown ? 'wrong_password' : 'unknown_user',
      user: presented.user.toString('utf8'),
    };
  };
}

interface Presented {
  readonly user: Buffer;
  readonly password: Buffer;
  readonly problem?: AuthRefusal;
}

const noCredentials = { user: Buffer.alloc(0), password: Buffer.alloc(0) };

function parseBasic(headers: readonly string[]): Presented {
  const [header] = headers;
  if (header === undefined) return { ...noCredentials, problem: 'no_credentials' };
  if (headers.length > 1) return { ...noCredentials, problem: 'broken_credentials' };
  const match = /^(\S+)(?: +(\S+))?$/.exec(header);
  if (match?.[1]?.toLowerCase() !== 'basic') return { ...noCredentials, problem: 'not_basic' };
  const token = match[2] ?? '';
  const bytes = Buffer.from(token, 'base64');
  const colon = bytes.indexOf(0x3a);
  // Node's decoder skips invalid base64; do not guess what was meant.
  if (bytes.toString('base64') !== token || colon < 0) {
    return { ...noCredentials, problem: 'broken_credentials' };
  }
  return { user: bytes.subarray(0, colon), password: bytes.subarray(colon + 1) };
}
