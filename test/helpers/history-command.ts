import { type RunOptions, run } from './run.js';
import { bodyOf, recordCalls } from './store.js';

export const bounce = bodyOf([
  { channel: 'email', event: 'open', msgid: '546', event_params: { email: 'asha@example.com' } },
  { channel: 'email', event: 'bounce', msgid: '547', event_params: { email: 'ravi@example.com' } },
]);
const click = bodyOf([{ channel: 'sms', event: 'click', msgid: '548' }], 'netcore_hook_test_north');

/** A store with a bounce, a click and an empty body, and `history` on it. */
export async function shop() {
  const { files, captures } = await recordCalls([
    { body: bounce },
    { body: click, remote: '203.0.113.8' },
    { body: new Uint8Array(), status: 503 },
  ]);
  const history = (words: readonly string[], options: RunOptions = {}) =>
    run(['history', ...words, '--store', files.folder], options);
  return { files, captures, ids: captures.map(({ id }) => id), history };
}

export const parsed = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
