import { entry, quoted } from './entry.js';

/** Whom it lets in. */
export const authenticationFindings = {
  credentials_needed: entry(
    'fail',
    () => 'It asks for Basic credentials, and none were given.',
    () => 'Give them with --auth user:password, as in the panel.',
  ),
  credentials_refused: entry(
    'fail',
    (a: { user: string }) => `It refuses the credentials of "${a.user}" with 401.`,
    () => 'Compare user name and password; a password may hold colons, and both are sent as UTF-8.',
  ),
  authentication_not_basic: entry(
    'fail',
    (a: { scheme: string; status: number }) =>
      `It answers ${a.status} and wants ${a.scheme}; Netcore can send Basic credentials only.`,
    () => 'Take Basic credentials on this path.',
  ),
  authentication_unclear: entry(
    'fail',
    () => 'It answers 401 and does not say how to log in: there is no WWW-Authenticate header.',
    () =>
      'Take Basic credentials, the only ones that Netcore sends, and give them with --auth user:password.',
  ),
  forbidden: entry(
    'fail',
    (a: { what: string; status: number; says: string }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}.`,
    () =>
      'Exempt the path from CSRF protection and bot filters, and allow the addresses of Netcore.',
  ),
  open_to_everybody: entry(
    'warn',
    () => 'It lets in whoever knows the URL: no credentials are needed.',
    () => 'Ask for Basic credentials, and enter them in the panel.',
  ),
  wrong_password_accepted: entry(
    'warn',
    () => 'It lets in any password: a wrong one is answered 200.',
    () => 'Compare user name and password, and answer 401 when either is wrong.',
  ),
  refusal_not_401: entry(
    'warn',
    (a: { what: string; status: number }) => `${a.what} is answered ${a.status} instead of 401.`,
    (a) =>
      a.status >= 500
        ? 'Check that there is an Authorization header, and that it is Basic, before reading it.'
        : 'Look at the credentials before the body, and answer 401 when they are missing or wrong.',
  ),
  refusal_not_answered: entry(
    'warn',
    (a: { what: string; reason: string }) => `${a.what} gets no answer. ${a.reason}`,
    () => 'Answer 401, so that a wrong password can be told from an outage.',
  ),
  no_credentials: entry(
    'skip',
    () => 'No credentials were given with --auth, so there is nothing to compare.',
    () => 'Give them as in the panel: --auth user:password.',
  ),
  nothing_refused: entry(
    'skip',
    () => 'It lets strangers in, so other credentials tell nothing.',
    () => 'Ask for Basic credentials first.',
  ),
  wrong_user_accepted: entry(
    'warn',
    () => 'It lets in any user: the right password with a wrong user name is answered 200.',
    () => 'Compare user name and password, and answer 401 when either is wrong.',
  ),
  other_scheme_accepted: entry(
    'warn',
    () => 'It does not look at the scheme: the credentials are let in as Bearer, too.',
    () => 'Let in only what begins with Basic, in any case.',
  ),
  password_cut_at_colon: entry(
    'warn',
    () =>
      'It cuts the password at a colon: the right one with a colon and more behind it is let in.',
    () => 'Split user and password at the first colon only: the password is all that follows.',
  ),
  scheme_case_refused: entry(
    'warn',
    (a: { scheme: string; status: number | undefined }) =>
      `The right credentials after "${a.scheme}" ${a.status === undefined ? 'get no answer' : `are answered ${a.status}`}: the case of the scheme does not count (RFC 9110).`,
    () => 'Compare the scheme without regard to case.',
  ),
} as const;
