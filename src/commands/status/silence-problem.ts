import { webhooksText } from '../../alerts/wording.js';
import { waitWords } from '../../amounts.js';
import type { ListenerNotice } from '../../output/notice.js';

/** The calls that a listener misses, as a sentence. `now` in milliseconds since 1970. */
export function silenceProblem({ url, silence }: ListenerNotice, now: number): string[] {
  if (silence === null) return [];
  const { limit, since, webhooks } = silence;
  const option = `(--alert-silence ${limit})`;
  if (since !== null) {
    return [
      `No call has arrived at ${url} for ${waitWords(now - Date.parse(since))} ${option}. Netcore may have disabled the webhook.`,
    ];
  }
  const first = webhooks.map((webhook) => Date.parse(webhook.since));
  if (first.length === 0) return [];
  const from = webhooksText(webhooks);
  return [
    `No call has arrived for ${waitWords(now - Math.min(...first))} from ${from} ${option}. Netcore may have disabled ${webhooks.length === 1 ? 'it' : 'them'}.`,
  ];
}
