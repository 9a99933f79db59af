import type { AnsweredAttempt } from './attempt.js';
import { headerValue } from './headers.js';

const maxReason = 200;

/**
 * The reason to show for an answer other than 200: its redirect target, the start of its body, or
 * why the body did not end.
 */
export function answerReason(answer: AnsweredAttempt, url: URL): string | null {
  return statedReason(answer, url) ?? answer.unfinished?.reason ?? null;
}

function statedReason(answer: AnsweredAttempt, url: URL): string | null {
  if (answer.status === 200) return null;
  const location = headerValue(answer.headers, 'location');
  if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
    const target = URL.canParse(location, url.href) ? new URL(location, url).href : location;
    return `It redirects to ${target}, and redirects are not followed.`;
  }
  const text = new TextDecoder().decode(answer.body).replace(/\s+/g, ' ').trim();
  if (text === '') return null;
  const start = [...text].slice(0, maxReason).join('');
  return start.length < text.length || answer.bytes > answer.body.length ? `${start}…` : start;
}
