import { entry } from './entry.js';

/** The fix for each expectation that an endpoint does not meet. */
const expectations = {
  any_event:
    'Answer 200 to every channel and activity, in any spelling, and ignore those you do not need.',
  any_batch:
    'Process all panels and all events of a call, in any order. A repeated event is not an error.',
  unknown: 'Answer 200 to unknown panels, channels, activities and keys, and ignore them.',
  form_decoding:
    "Parse the body with your framework's form parser, where + and %20 both mean a space. Parse data as JSON.",
  any_text:
    'Use values unchanged: decode them once, as UTF-8, and do not replace quotes in the JSON.',
  gaps: 'Accept events whose keys and groups are missing, null or empty.',
} as const;

/** What a call requires of the code that reads its body. */
export type BodyExpectation = keyof typeof expectations;

/** Default limits of the body size in common servers, in bytes. */
const knownLimits: readonly (readonly [bytes: number, setting: string])[] = [
  [102_400, "express.urlencoded({ limit: '10mb', extended: false }) in Express"],
  [500_000, 'MAX_FORM_MEMORY_SIZE in Flask'],
  [1_048_576, 'client_max_body_size in nginx'],
  [1_048_576, 'bodyLimit in Fastify'],
];

function likelyLimit(fits: number, bytes: number): string {
  const likely = knownLimits.filter(([limit]) => limit >= fits && limit < bytes);
  if (likely.length === 0) return '';
  return ` The setting is probably ${likely.map(([, setting]) => setting).join(', or ')}.`;
}

/** Responses of the endpoint to events. */
export const payloadFindings = {
  not_exactly_200: entry(
    'fail',
    (a: { what: string; status: number }) =>
      `${a.what} received ${a.status}, and Netcore requires exactly 200.`,
    () => 'Answer 200 instead of any other success status.',
  ),
  not_found: entry(
    'fail',
    (a: { what: string; status: number; anonymous?: boolean }) =>
      `${a.what} received ${a.status}: the path does not exist.`,
    (a) =>
      `Compare the path of the URL with the path that the server serves.${a.anonymous ? ' Some servers also hide paths from calls without credentials: pass --auth.' : ''}`,
  ),
  method_refused: entry(
    'fail',
    (a: { what: string }) => `${a.what} received 405: the path does not accept POST.`,
    () => 'Accept POST on this path.',
  ),
  content_type_refused: entry(
    'fail',
    (a: { what: string }) => `${a.what} received 415: the endpoint rejected its content type.`,
    () => 'Accept application/x-www-form-urlencoded, and parse the JSON in its field "data".',
  ),
  body_refused: entry(
    'fail',
    (a: { what: string; status: number; expects?: BodyExpectation | undefined }) =>
      `${a.what} received ${a.status}.`,
    (a) =>
      a.expects
        ? expectations[a.expects]
        : 'Parse the body as a form, its field "data" as JSON, and each panel in it as a list of events.',
  ),
  body_too_large: entry(
    'fail',
    (a: { what: string; fits?: number; bytes?: number }) =>
      `${a.what} received 413: the body is too large.`,
    ({ fits = 0, bytes = 0 }) =>
      `Raise the limit, for example to 10 MB: Netcore sends events in batches.${likelyLimit(fits, bytes)}`,
  ),
  too_many: entry(
    'fail',
    (a: { what: string }) => `${a.what} received 429: too many requests.`,
    () => 'Exempt the path from rate limits: Netcore calls continuously.',
  ),
  gateway_failed: entry(
    'fail',
    (a: { what: string; status: number }) =>
      `${a.what} received ${a.status} from a proxy whose server does not respond.`,
    () => 'Start the server behind the proxy, and check the address that the proxy forwards to.',
  ),
  server_failed: entry(
    'fail',
    (a: { what: string; status: number; expects?: BodyExpectation | undefined }) =>
      `${a.what} received ${a.status}. Netcore disables the webhook after such responses.`,
    (a) =>
      a.expects
        ? `${expectations[a.expects]} The server's log shows the cause.`
        : "Check the server's log. The endpoint must accept any panel, channel and activity.",
  ),
  other_status: entry(
    'fail',
    (a: { what: string; status: number }) => `${a.what} received ${a.status}.`,
    () => 'Answer 200.',
  ),
  empty_body_not_200: entry(
    'fail',
    (a: { status: number }) =>
      `An empty body received ${a.status}. Netcore does not publish what the Test button of the panel sends. It is probably an empty body, which must receive 200.`,
    () => 'Answer 200 and do nothing when the "data" field is missing.',
  ),
  empty_body_not_answered: entry(
    'fail',
    (a: { reason: string }) =>
      `An empty body, which the Test button of the panel probably sends, received no response. ${a.reason}`,
    () => 'Answer 200 and do nothing when the "data" field is missing.',
  ),
  slow_answer: entry(
    'warn',
    (a: { what: string; seconds: number }) =>
      `${a.what} received a response after ${a.seconds} s. Netcore does not publish its timeout; more than a second is long.`,
    () => 'Put incoming calls into a queue, answer 200 immediately and process them later.',
  ),
  long_answer: entry(
    'warn',
    (a: { what: string; bytes: number }) =>
      `${a.what} received a response of ${Math.round(a.bytes / 1000).toLocaleString('en')} kB, which serves no purpose.`,
    () => 'Answer 200 with an empty or short body.',
  ),
  answer_is_page: entry(
    'warn',
    (a: { what: string }) =>
      `${a.what} received 200 with an HTML page. Login pages, error pages and single-page applications answer like that without reading the call.`,
    () => 'Check that the URL leads to the webhook handler, and answer 200 with a short text.',
  ),
  answer_says_failure: entry(
    'warn',
    (a: { what: string }) =>
      `${a.what} received 200 with a text that reports a failure. Netcore sees only the status, and does not send the events again.`,
    () => 'Fix the failure. Answer 500 when events could not be stored.',
  ),
  input_unproven: entry(
    'skip',
    (a: { garbage: string; to: string }) =>
      `The endpoint answers 200 to anything, even to "${a.garbage}". Nothing here shows that it reads its input.`,
    (a) =>
      `To prove it, run netcore-hook simulate broadcast --to ${a.to ?? '<url>'} --truth truth.ndjson, and compare your table with what it sent: netcore-hook reconcile --expect truth.ndjson --in table.csv`,
  ),
  malformed_failed: entry(
    'warn',
    (a: { what: string; status: number }) =>
      `${a.what} received ${a.status}. Anyone who sends such a body can make the endpoint look unavailable.`,
    () => 'Catch the errors of the JSON parser, check that lists are lists, and answer 400.',
  ),
} as const;
