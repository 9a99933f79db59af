import { entry } from './entry.js';

export const authenticationFindings = {
  credentials_needed: entry(
    'fail',
    () => 'The endpoint requires Basic credentials, and none were passed.',
    () => 'Pass the credentials of the panel with --auth user:password.',
  ),
  credentials_refused: entry(
    'fail',
    (a: { user: string }) => `The endpoint rejected the credentials of "${a.user}" with 401.`,
    () =>
      'Compare user name and password. A password may contain colons, and both are sent as UTF-8.',
  ),
  authentication_not_basic: entry(
    'fail',
    (a: { scheme: string; status: number }) =>
      `The endpoint answered ${a.status} and requires ${a.scheme}. Netcore can send only Basic credentials.`,
    () => 'Accept Basic credentials on this path.',
  ),
  authentication_unclear: entry(
    'fail',
    () =>
      'The endpoint answered 401 without a WWW-Authenticate header, so the required scheme is unknown.',
    () =>
      'Accept Basic credentials, the only scheme that Netcore sends, and pass them with --auth user:password.',
  ),
  forbidden: entry(
    'fail',
    (a: { what: string; status: number }) => `${a.what} received ${a.status}.`,
    () =>
      'Exempt the path from CSRF protection and bot filters, and allow the addresses of Netcore.',
  ),
  open_to_everybody: entry(
    'warn',
    () => 'The endpoint requires no credentials: anyone who knows the URL can post to it.',
    () => 'Require Basic credentials, and enter them in the panel.',
  ),
  wrong_password_accepted: entry(
    'warn',
    () => 'The endpoint accepts any password: it answers 200 to a wrong one.',
    () => 'Compare user name and password, and answer 401 when either is wrong.',
  ),
  refusal_not_401: entry(
    'warn',
    (a: { what: string; status: number }) => `${a.what} received ${a.status} instead of 401.`,
    (a) =>
      a.status >= 500
        ? 'Check that the Authorization header exists and uses Basic before you parse it.'
        : 'Check the credentials before the body, and answer 401 when they are missing or wrong.',
  ),
  refusal_not_answered: entry(
    'warn',
    (a: { what: string; reason: string }) => `${a.what} received no response. ${a.reason}`,
    () => 'Answer 401, which distinguishes a wrong password from an outage.',
  ),
  no_credentials: entry(
    'skip',
    () => 'This check requires credentials, and --auth was not passed.',
    () => 'Pass the credentials of the panel with --auth user:password.',
  ),
  nothing_refused: entry(
    'skip',
    () => 'The endpoint requires no credentials, so this check cannot test others.',
    () => 'Require Basic credentials first.',
  ),
  wrong_user_accepted: entry(
    'warn',
    () =>
      'The endpoint accepts any user: it answers 200 to the right password with a wrong user name.',
    () => 'Compare user name and password, and answer 401 when either is wrong.',
  ),
  other_scheme_accepted: entry(
    'warn',
    () =>
      'The endpoint ignores the authentication scheme: it also accepts the credentials as Bearer.',
    () => 'Accept only the scheme Basic, in upper or lower case.',
  ),
  password_cut_at_colon: entry(
    'warn',
    () =>
      'The endpoint cuts the password at a colon: it accepts the right password followed by a colon and more.',
    () => 'Split user name and password at the first colon only. The rest is the password.',
  ),
  scheme_case_refused: entry(
    'warn',
    (a: { scheme: string; status: number | undefined }) =>
      `The right credentials after "${a.scheme}" received ${a.status ?? 'no response'}. The scheme is case-insensitive (RFC 9110).`,
    () => 'Compare the scheme case-insensitively.',
  ),
} as const;
