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
} as const;
