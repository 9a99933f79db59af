import type { Check } from '../check.js';
import { formBody } from '../event-check.js';
import { judgeAnswer } from '../judge-answer.js';

/** Statuses of servers for a path, or a method on it, that they do not serve. */
const unserved = [404, 405, 410];

export const pathCheck: Check = {
  id: 'path',
  group: 'protocol',
  suite: 'basic',
  title: 'Path served',
  sends: 'that same POST; after a 404 or 405, one with a payload without events',
  harmless: true,
  decisive: true,
  needs: 'redirect',
  run: async (probe) => {
    const empty = await probe.emptyCall();
    if (empty.kind === 'failed' || !unserved.includes(empty.status)) return [];
    // A handler may answer 404 to a body in which it finds nothing.
    const body = new TextEncoder().encode(formBody({}));
    const filled = await probe.call('A call with an empty payload', { body });
    if (filled.kind === 'failed' || !unserved.includes(filled.status)) return [];
    const { timeout, credentials } = probe.endpoint;
    const found = judgeAnswer('A call', empty, timeout);
    if (found?.code !== 'not_found') return found ? [found] : [];
    return [{ ...found, args: { ...found.args, anonymous: credentials === undefined } }];
  },
};
