import { entry, quoted } from './entry.js';

/** What it answers to events. */
export const payloadFindings = {
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
} as const;
