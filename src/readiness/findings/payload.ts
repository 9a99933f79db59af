import { entry, quoted } from './entry.js';

/** For each, what to do. */
const expectations = {
  any_event:
    'Answer 200 to every channel and activity, in any spelling; leave alone what you do not need.',
  any_batch:
    'Go through all panels and all events of a call, in any order; one that came before is no failure.',
  unknown:
    'Answer 200 to panels, channels, activities and keys that you do not know, and leave them alone.',
  form_decoding:
    "Read the body with your framework's form parser, where + and %20 are both blanks, and data with a JSON parser.",
  any_text:
    'Take values as they are: decode them once, as UTF-8, and replace no quotes in the JSON.',
  gaps: 'Expect every key and group of an event to be missing, null or empty.',
} as const;

/** What a call asks of whoever reads its body. */
export type BodyExpectation = keyof typeof expectations;

/** Limits of body size that servers come with, in bytes. */
const knownLimits: readonly (readonly [bytes: number, setting: string])[] = [
  [102_400, "express.urlencoded({ limit: '10mb', extended: false }) in Express"],
  [500_000, 'MAX_FORM_MEMORY_SIZE in Flask'],
  [1_048_576, 'client_max_body_size in nginx'],
  [1_048_576, 'bodyLimit in Fastify'],
];

function likelyLimit(fits: number, bytes: number): string {
  const likely = knownLimits.filter(([limit]) => limit >= fits && limit < bytes);
  if (likely.length === 0) return '';
  return ` The setting is likely ${likely.map(([, setting]) => setting).join(', or ')}.`;
}

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
    (a: { what: string; status: number; says: string; expects?: BodyExpectation | undefined }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}.`,
    (a) =>
      a.expects
        ? expectations[a.expects]
        : 'Read the body as a form, its field "data" as JSON, and each panel in it as a list of events.',
  ),
  body_too_large: entry(
    'fail',
    (a: { what: string; fits?: number; bytes?: number }) => `${a.what} is answered 413: too large.`,
    ({ fits = 0, bytes = 0 }) =>
      `Raise the limit: Netcore sends events in batches. 10 MB is a good one.${likelyLimit(fits, bytes)}`,
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
    (a: { what: string; status: number; says: string; expects?: BodyExpectation | undefined }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}. Netcore disables the webhook after such answers.`,
    (a) =>
      a.expects
        ? `${expectations[a.expects]} The server's log says what went wrong.`
        : "Look into the server's log; it must take any panel, channel and activity.",
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
  long_answer: entry(
    'warn',
    (a: { what: string; bytes: number }) =>
      `${a.what} is answered with ${Math.round(a.bytes / 1000).toLocaleString('en')} kB, and nobody reads them.`,
    () => 'Answer 200 with an empty body or a word.',
  ),
  malformed_failed: entry(
    'warn',
    (a: { what: string; status: number; says: string }) =>
      `${a.what} is answered ${a.status}${quoted(a.says)}. Whoever sends such a body can make it look like an outage.`,
    () => 'Catch what the JSON parser throws, check that lists are lists, and answer 400.',
  ),
} as const;
