import { entry } from './entry.js';

/** HTTP behaviour of the endpoint. */
export const protocolFindings = {
  no_answer: entry(
    'fail',
    (a: { what: string; reason: string }) => `${a.what} received no response. ${a.reason}`,
    () => "Check the server's log. Answer 200 first, and process the call later.",
  ),
  answer_too_late: entry(
    'fail',
    (a: { what: string; seconds: number }) =>
      `${a.what} received no complete response within ${a.seconds} s. Netcore does not publish its timeout; change the one assumed here with --timeout.`,
    () => 'Put incoming calls into a queue, answer 200 immediately and process them later.',
  ),
  redirected: entry(
    'fail',
    (a: { what: string; status: number; location: string | undefined }) =>
      `${a.what} received ${a.status}, a redirect ${a.location === undefined ? 'without a target' : `to ${a.location}`}. Redirects are not followed.`,
    (a) =>
      a.location === undefined
        ? 'Answer 200 at this URL.'
        : 'Answer 200 at this URL, or enter the target of the redirect in the panel.',
  ),
  kept_connection_broken: entry(
    'fail',
    (a: { reason: string }) =>
      `A second call over the same connection received no response, unlike the first. ${a.reason}`,
    () =>
      'Keep connections open after a response, or announce their end with the header "Connection: close".',
  ),
  method_failed: entry(
    'warn',
    (a: { methods: readonly string[]; status: number | undefined }) =>
      `${a.methods.join(' and ')} received ${a.status ?? 'no response'}. Monitors and crawlers send such requests.`,
    () => 'Answer 405 to every method except POST.',
  ),
  charset_refused: entry(
    'warn',
    (a: { status: number | undefined }) =>
      `With "; charset=UTF-8" in its content type, a call received ${a.status ?? 'no response'}; without it, 200.`,
    () => 'Compare the content type only up to the semicolon.',
  ),
  expect_refused: entry(
    'warn',
    () => 'A call with "Expect: 100-continue", which curl sends with large bodies, received 417.',
    () => 'Let the server answer 100, or ignore the header.',
  ),
  expect_ignored: entry(
    'warn',
    () =>
      'A call with "Expect: 100-continue", which curl sends with large bodies, received no 100. The client then waits a second before it sends the body.',
    () => 'Let the server answer 100 as soon as it has the headers.',
  ),
  expect_not_answered: entry(
    'warn',
    (a: { reason: string }) =>
      `A call with "Expect: 100-continue", which curl sends with large bodies, received no response. ${a.reason}`,
    () => 'Let the server answer 100 as soon as it has the headers.',
  ),
  http_1_0: entry(
    'warn',
    () => 'The server uses HTTP/1.0, so every call requires a new connection.',
    () => 'Serve HTTP/1.1, or put a web server such as nginx in front.',
  ),
} as const;
