/**
 * Every finding: its permanent code, what it makes of its check, and its wording (what was found;
 * what to do about it). This is the only file that words them. Untrusted text in the arguments is
 * made safe where it is printed, not here.
 */
const catalogue = {
  // Reach
  url_with_credentials: entry(
    'warn',
    () => 'The URL holds a user name and a password, so they end up in logs and in the panel.',
    () => "Enter them in the panel's fields for Basic authentication, and here with --auth.",
  ),
  url_with_fragment: entry(
    'warn',
    (a: { fragment: string }) => `The part "${a.fragment}" of the URL is never sent.`,
    () => 'Leave it out of the URL in the panel.',
  ),
  name_unknown: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Check the spelling, and that the DNS record is published.',
  ),
  address_private: entry(
    'warn',
    (a: { address: string }) => `${a.address} is a private address: Netcore cannot reach it.`,
    () => 'Give the panel a public address, or a tunnel that leads here.',
  ),
  no_connection: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Start the server, check host and port, and open the firewall for Netcore.',
  ),
  not_https: entry(
    'skip',
    () => 'The URL is http, so there is no TLS to look at.',
    () => 'Nothing needs to be done for an endpoint that stays on your own network.',
  ),
  not_encrypted: entry(
    'warn',
    () => 'The URL is http: contacts and the password cross the internet in clear.',
    () => 'Serve the endpoint over https.',
  ),
  certificate_refused: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Install a certificate of a public authority for this name, with its whole chain.',
  ),
  certificate_ignored: entry(
    'warn',
    (a: { reason: string }) => `${a.reason} It was accepted because of --insecure.`,
    () => 'Test without --insecure before the URL goes into the panel.',
  ),
  certificate_expires_soon: entry(
    'warn',
    (a: { days: number }) =>
      `The certificate expires ${a.days < 1 ? 'within a day' : `in ${a.days} ${a.days === 1 ? 'day' : 'days'}`}.`,
    () => 'Renew it, and see to it that renewing is automatic.',
  ),
  tls_failed: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () =>
      "Correct the scheme of the URL or the server's TLS; openssl s_client -connect shows what it says.",
  ),
  tls_1_3_only: entry(
    'warn',
    () => 'The server speaks TLS 1.3 only, and whether Netcore does is not published.',
    () => 'Allow TLS 1.2 as well.',
  ),

  // Protocol
  no_answer: entry(
    'fail',
    (a: { what: string; reason: string }) => `${a.what} gets no answer. ${a.reason}`,
    () => "Look into the server's log; answer 200 first and work afterwards.",
  ),
  answer_too_late: entry(
    'fail',
    (a: { what: string; seconds: number }) =>
      `${a.what} gets no answer within ${a.seconds} s. How long Netcore waits is not published; --timeout says what to assume.`,
    () => 'Put what arrives into a queue, answer 200 at once, and work afterwards.',
  ),
  redirected: entry(
    'fail',
    (a: { what: string; status: number; location: string | undefined }) =>
      `${a.what} is answered ${a.status}, which leads ${a.location === undefined ? 'nowhere' : `to ${a.location}`}; redirects are not followed.`,
    (a) =>
      a.location === undefined
        ? 'Answer 200 at this very URL.'
        : 'Answer 200 at this very URL, or give the panel the one that it leads to.',
  ),

  // Authentication
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

  // Payload
  not_exactly_200: entry(
    'fail',
    (a: { what: string; status: number }) =>
      `${a.what} is answered ${a.status}, and Netcore wants exactly 200.`,
    () => 'Answer 200, whatever else went well.',
  ),
  not_found: entry(
    'fail',
    (a: { what: string; status: number }) => `${a.what} is answered ${a.status}: nothing is there.`,
    () => 'Compare the path with the one that the server serves.',
  ),
  method_refused: entry(
    'fail',
    (a: { what: string }) => `${a.what} is answered 405: the path does not take POST.`,
    () => 'Serve POST on this path.',
  ),
  content_type_refused: entry(
    'fail',
    (a: { what: string }) => `${a.what} is answered 415: its content type is refused.`,
    () => 'Take application/x-www-form-urlencoded, and read the JSON in its field "data".',
  ),
  body_refused: entry(
    'fail',
    (a: { what: string; status: number; says: string }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}.`,
    () =>
      'Read the body as a form, its field "data" as JSON, and each panel in it as a list of events.',
  ),
  body_too_large: entry(
    'fail',
    (a: { what: string }) => `${a.what} is answered 413: too large.`,
    () => 'Raise the limit: Netcore sends events in batches. 10 MB is a good one.',
  ),
  too_many: entry(
    'fail',
    (a: { what: string }) => `${a.what} is answered 429: too many calls.`,
    () => 'Exempt the path from rate limits: Netcore calls continuously.',
  ),
  gateway_failed: entry(
    'fail',
    (a: { what: string; status: number }) =>
      `${a.what} is answered ${a.status} by a proxy whose server does not answer.`,
    () => 'Start the server behind the proxy, and check where the proxy leads.',
  ),
  server_failed: entry(
    'fail',
    (a: { what: string; status: number; says: string }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}. Netcore disables the webhook after such answers.`,
    () => "Look into the server's log; it must take any panel, channel and activity.",
  ),
  other_status: entry(
    'fail',
    (a: { what: string; status: number; says: string }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}.`,
    () => 'Answer 200.',
  ),
  empty_body_not_200: entry(
    'fail',
    (a: { status: number }) =>
      `An empty body is answered ${a.status}. What the Test button of the panel sends is not published; an empty body is likely, and it must be answered 200.`,
    () => 'Answer 200 when there is no field "data", and do nothing else.',
  ),
  empty_body_not_answered: entry(
    'fail',
    (a: { reason: string }) =>
      `An empty body, which is likely what the Test button of the panel sends, gets no answer. ${a.reason}`,
    () => 'Answer 200 when there is no field "data", and do nothing else.',
  ),
  slow_answer: entry(
    'warn',
    (a: { what: string; seconds: number }) =>
      `${a.what} is answered after ${a.seconds} s. How long Netcore waits is not published; more than a second is long.`,
    () => 'Put what arrives into a queue, answer 200 at once, and work afterwards.',
  ),

  // Load
  load_not_200: entry(
    'fail',
    (a: LoadShare & { status: number; says: string }) =>
      `${share(a)} ${are(a.calls)} answered ${a.status}${quoted(a.says)}, the first after ${a.first} s.`,
    (a) =>
      a.status === 429
        ? 'Exempt the path from rate limits: Netcore calls continuously, and disables webhooks that are not answered 200.'
        : 'Answer 200 at once, put what arrives into a queue, and work afterwards: Netcore disables webhooks that fail under load.',
  ),
  load_too_late: entry(
    'fail',
    (a: LoadShare & { seconds: number }) =>
      `${share(a)} got no answer within ${a.seconds} s, the first after ${a.first} s.`,
    () => 'Put what arrives into a queue, answer 200 at once, and work afterwards.',
  ),
  load_no_answer: entry(
    'fail',
    (a: LoadShare & { reason: string }) =>
      `${share(a)} got no answer, the first after ${a.first} s. ${a.reason}`,
    () =>
      "Look into the server's log; give it more workers and open files, and let it queue connections.",
  ),
  load_slow: entry(
    'warn',
    (a: { atOnce: number; seconds: number }) =>
      `With ${a.atOnce} at a time, one call in a hundred takes more than ${a.seconds} s. How long Netcore waits is not published; more than a second is long.`,
    () => 'Put what arrives into a queue, answer 200 at once, and work afterwards.',
  ),

  // Endurance
  soak_failed: entry(
    'fail',
    (a: { failed: number; calls: number; outages: number; first: string; reason: string }) =>
      `${a.failed} of ${a.calls} calls failed${a.outages > 1 ? `, in ${a.outages} outages` : ''}. The first did on ${a.first}: ${a.reason}`,
    () =>
      "Look into the server's log at that time: what was deployed, restarted, renewed or full? Netcore disables the webhook after such answers.",
  ),
  soak_not_over: entry(
    'warn',
    (a: { calls: number; planned: number }) =>
      `It was stopped after ${a.calls} of ${a.planned} calls.`,
    () => 'Start it again with the same URL: it goes on where it stopped.',
  ),

  // Of the run itself
  not_run: entry(
    'skip',
    (a: { failed: string }) => `Not run, since ${a.failed} failed.`,
    () => 'Mend that first.',
  ),
} as const;

export type FindingCode = keyof typeof catalogue;
type FindingArguments<C extends FindingCode> = Parameters<(typeof catalogue)[C]['message']>[0];

/** What a finding makes of its check. A check without findings passes. */
export type FindingOutcome = 'skip' | 'warn' | 'fail';

/** A finding, not yet in words. */
export type Finding = {
  readonly [C in FindingCode]: { readonly code: C; readonly args: FindingArguments<C> };
}[FindingCode];

export function finding<C extends FindingCode>(
  code: C,
  ...[args]: undefined extends FindingArguments<C> ? [] : [args: FindingArguments<C>]
): Finding {
  return { code, args } as Finding;
}

export function outcomeOf({ code }: Finding): FindingOutcome {
  return catalogue[code].outcome;
}

/** A finding in words: one or two sentences, and what to do. */
export function wordFinding({ code, args }: Finding): {
  code: FindingCode;
  message: string;
  fix: string;
} {
  const { message, fix } = catalogue[code] as Entry<unknown>;
  return { code, message: message(args), fix: fix(args) };
}

interface Entry<A> {
  readonly outcome: FindingOutcome;
  readonly message: (args: A) => string;
  readonly fix: (args: A) => string;
}

function entry<A = undefined>(
  outcome: FindingOutcome,
  message: (args: A) => string,
  fix: (args: NoInfer<A>) => string,
): Entry<A> {
  return { outcome, message, fix };
}

interface LoadShare {
  readonly calls: number;
  readonly of: number;
  /** Seconds after the beginning. */
  readonly first: number;
}

function share({ calls, of }: LoadShare): string {
  return calls === of ? `All ${of} calls` : `${calls} of ${of} calls`;
}

function are(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function quoted(says: string): string {
  return says === '' ? '' : `: "${says}"`;
}
