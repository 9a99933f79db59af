import { entry } from './entry.js';

/** How it speaks HTTP. */
export const protocolFindings = {
  no_answer: entry(
    'fail',
    (a: { what: string; reason: string }) => `${a.what} gets no answer. ${a.reason}`,
    () => "Look into the server's log; answer 200 first and work afterwards.",
  ),
  answer_too_late: entry(
    'fail',
    (a: { what: string; seconds: number }) =>
      `${a.what} gets no complete answer within ${a.seconds} s. How long Netcore waits is not published; --timeout says what to assume.`,
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
  kept_connection_broken: entry(
    'fail',
    (a: { reason: string }) =>
      `A second call over the same connection gets no answer, though the first one did. ${a.reason}`,
    () =>
      'Keep connections open after an answer, or announce their end with the header "Connection: close".',
  ),
  method_failed: entry(
    'warn',
    (a: { methods: readonly string[]; status: number | undefined }) =>
      `To ${a.methods.join(' and ')} it gives ${a.status === undefined ? 'no answer' : `the answer ${a.status}`}: monitors and crawlers send such calls.`,
    () => 'Answer 405 to every method but POST.',
  ),
  charset_refused: entry(
    'warn',
    (a: { status: number | undefined }) =>
      `With "; charset=UTF-8" in its content type a call ${a.status === undefined ? 'gets no answer' : `is answered ${a.status}`}, without it 200.`,
    () => 'Compare the content type only up to the semicolon.',
  ),
  expect_refused: entry(
    'warn',
    () => 'A call with "Expect: 100-continue", as curl sends large ones, is answered 417.',
    () => 'Let the server answer 100, or ignore the header.',
  ),
  expect_ignored: entry(
    'warn',
    () =>
      'A call with "Expect: 100-continue", as curl sends large ones, is not answered 100, so that the body comes a second later.',
    () => 'Let the server answer 100 as soon as it has the headers.',
  ),
  expect_not_answered: entry(
    'warn',
    (a: { reason: string }) =>
      `A call with "Expect: 100-continue", as curl sends large ones, gets no answer. ${a.reason}`,
    () => 'Let the server answer 100 as soon as it has the headers.',
  ),
  http_1_0: entry(
    'warn',
    () => 'The server speaks HTTP/1.0, so every call needs a connection of its own.',
    () => 'Serve HTTP/1.1, or put a web server such as nginx in front.',
  ),
} as const;
