import { errorCode } from '../../problems/translate.js';

/** What a server's error begins with, or what the client library says, in plain words. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /^NOAUTH|^NOPERM|^WRONGPASS|invalid (?:username-)?password|without any password/,
    'it refuses this user or password',
  ],
  [/READONLY/, 'it is a read-only replica'],
  [/\bOOM\b/, 'its memory is full'],
  [/MISCONF/, 'it cannot write to its disk'],
  [/NOREPLICAS/, 'it has fewer replicas than it asks for'],
  [/LOADING/, 'it is still loading its data'],
  [/MASTERDOWN/, 'it is a replica without its primary'],
  [/^DENIED|protected mode/, 'it is in protected mode'],
  [/CROSSSLOT|^MOVED|^CLUSTERDOWN/, 'it is a cluster'],
  [/max number of clients/, 'it has too many clients'],
  [/timed out|ETIMEDOUT|Socket timeout/, 'it does not answer'],
  [
    /[Cc]onnection (?:is|was) closed|isn't writeable|max retries per request/,
    'the connection was lost',
  ],
];

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ENOENT: 'the socket does not exist',
  EACCES: 'permission denied',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed (NODE_EXTRA_CA_CERTS names trusted ones)',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names trusted ones)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names trusted ones)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names trusted ones)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Why Redis did not do what was asked of it, for the middle of a sentence. */
export function redisReason(error: unknown): string {
  const code = errorCode(error);
  const known = code === undefined ? undefined : codes[code];
  if (known) return known;
  const message = error instanceof Error ? error.message : String(error);
  return sentences.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

/** Whether a failure is that the server has no memory left. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && /\bOOM\b/.test(error.message);
}

/** Whether a failure is of the one call: its worker does not hold it any more. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The library's own errors carry negative numbers.
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'number' || error.message.startsWith('could not renew lock');
}
