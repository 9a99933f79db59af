import { entry } from './entry.js';

export const loadFindings = {
  load_not_200: entry(
    'fail',
    (a: LoadShare & { status: number }) =>
      `${share(a)} received ${a.status}, the first after ${a.first} s.`,
    (a) =>
      a.status === 429
        ? 'Exempt the path from rate limits: Netcore calls continuously, and disables webhooks that do not answer 200.'
        : 'Put incoming calls into a queue, answer 200 immediately and process them later. Netcore disables webhooks that fail under load.',
  ),
  load_too_late: entry(
    'fail',
    (a: LoadShare & { seconds: number }) =>
      `${share(a)} received no response within ${a.seconds} s, the first after ${a.first} s.`,
    () => 'Put incoming calls into a queue, answer 200 immediately and process them later.',
  ),
  load_no_answer: entry(
    'fail',
    (a: LoadShare & { reason: string }) =>
      `${share(a)} received no response, the first after ${a.first} s. ${a.reason}`,
    () =>
      "Check the server's log. Add workers, raise the limit of open files, and let the server queue connections.",
  ),
  load_slow: entry(
    'warn',
    (a: { atOnce: number; seconds: number }) =>
      `With ${a.atOnce} concurrent calls, one call in a hundred takes more than ${a.seconds} s. Netcore does not publish its timeout; more than a second is long.`,
    () => 'Put incoming calls into a queue, answer 200 immediately and process them later.',
  ),

  soak_failed: entry(
    'fail',
    (a: { failed: number; calls: number; outages: number; first: string; reason: string }) =>
      `${a.failed} of ${a.calls} calls failed${a.outages > 1 ? `, in ${a.outages} outages` : ''}. The first failed on ${a.first}: ${a.reason}`,
    () =>
      "Check the server's log at that time for deployments, restarts, renewed certificates or a full disk. Netcore disables the webhook after such responses.",
  ),
  soak_not_over: entry(
    'warn',
    (a: { calls: number; planned: number }) =>
      `The soak test was stopped after ${a.calls} of ${a.planned} calls.`,
    () => 'Start it again with the same URL and options: it resumes where it stopped.',
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
