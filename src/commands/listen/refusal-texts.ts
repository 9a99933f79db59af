import type { RefusalCode } from '../../receiver/admission.js';

/** Why a call was rejected, for operators. */
export const refusalTexts: Readonly<Record<RefusalCode, string>> = {
  no_credentials: 'no credentials',
  not_basic: 'credentials that are not Basic',
  broken_credentials: 'broken credentials',
  unknown_user: 'wrong user',
  wrong_password: 'wrong password',
  malformed_request: 'not an HTTP request',
  tls_not_served: 'HTTPS request to an HTTP listener (--tls-cert serves HTTPS)',
  header_too_large: 'header too large',
  request_timeout: 'too slow',
  http_version: 'unknown HTTP version',
  ambiguous_host: 'Host missing, repeated or malformed',
  unclear_address: 'X-Forwarded-For cannot be read',
  address_not_allowed: 'address not allowed',
  other_site: 'web page of another site (--unprotected admits them)',
  method_not_allowed: 'method not supported',
  other_path: 'other path',
  expectation: 'unsupported Expect header',
  body_too_large: 'body larger than --max-body',
  loop: 'forwarded too often: it is in a loop',
  incomplete: 'client disconnected before the end of the body',
  too_many_connections: 'too many connections',
  too_busy: 'too many bytes in flight',
  not_recorded: 'could not be recorded',
};
