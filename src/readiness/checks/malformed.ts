import type { Check } from '../check.js';
import { byAnswer, formBody } from '../event-check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import { judgeAnswer, judgeSilence } from '../judge-answer.js';

/** Invalid bodies, in ASCII. */
const bodies: readonly (readonly [name: string, body: string])[] = [
  ['data that is empty', 'data='],
  ['data without JSON', 'data=hello'],
  ['JSON that ends early', 'data=%7B%22netcore_hook_test%22%3A%5B%7B%22channel%22'],
  ['a list instead of panels', 'data=%5B%5D'],
  ['null instead of panels', 'data=null'],
  ['text instead of panels', 'data=%22netcore%22'],
  ['an object instead of events', 'data=%7B%22netcore_hook_test%22%3A%7B%7D%7D'],
  ['null instead of events', 'data=%7B%22netcore_hook_test%22%3Anull%7D'],
  ['null instead of an event', 'data=%7B%22netcore_hook_test%22%3A%5Bnull%5D%7D'],
  ['another field only', 'payload=%7B%7D'],
  ['a field without a value', 'data'],
  ['invalid escapes', 'data=%ZZ%7B%'],
  ['bytes that are not UTF-8', 'data=%7B%22netcore_hook_test%22%3A%5B%5D%7D%FF%C3'],
  ['no form at all', '{"netcore_hook_test":[]}'],
  ['lists within lists', `data=${'%5B'.repeat(2000)}`],
  ['a panel named __proto__', 'data=%7B%22__proto__%22%3A%5B%5D%7D'],
];

export const malformedCheck: Check = {
  id: 'malformed',
  group: 'payload',
  suite: 'full',
  title: 'Malformed bodies handled',
  sends: 'malformed bodies, then a valid event',
  harmless: false,
  eventCalls: 1,
  needs: 'sample',
  run: async (probe) => {
    const { timeout } = probe.endpoint;
    const outcomes = [];
    for (const [name, text] of bodies) {
      const body = new TextEncoder().encode(text);
      const attempt = await probe.call(`A call with ${name}`, { body });
      if (probe.death()) return [];
      const isFine = attempt.kind === 'answered' && attempt.status < 500;
      if (!isFine) outcomes.push({ name, attempt });
    }
    const findings = byAnswer(outcomes).map(({ what, calls: [attempt, ...others] }): Finding => {
      const found =
        attempt.kind === 'failed'
          ? judgeSilence(what, attempt, timeout)
          : finding('malformed_failed', { what, status: attempt.status });
      return shownBy(found, attempt, ...others);
    });
    const { panel, take } = probe.events;
    const what = 'A sound call after malformed ones';
    const body = new TextEncoder().encode(formBody({ [panel]: take(1) }));
    const after = judgeAnswer(what, await probe.call(what, { body }), timeout);
    return after ? [...findings, after] : findings;
  },
};
