import { entry, quoted } from './entry.js';

export const loadFindings = {
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
    () => 'Start it again with the same URL and options: it goes on where it stopped.',
  ),
} as const;

interface LoadShare {
  readonly calls: number;
  readonly of: number;
  /** Seconds after the beginning. */
  readonly first: number;
}

function share({ calls, of }: LoadShare): string {
  if (of === 1) return 'The only call';
  return calls === of ? `All ${of} calls` : `${calls} of ${of} calls`;
}

function are(count: number): string {
  return count === 1 ? 'was' : 'were';
}
