import type { Check } from '../check.js';
import { isSilent, judgeAnswer } from '../judge-answer.js';

export const httpCheck: Check = {
  id: 'http',
  group: 'protocol',
  suite: 'basic',
  title: 'HTTP answer',
  sends: 'a POST without a body, once for all checks of its answer',
  harmless: true,
  decisive: true,
  needs: 'tls',
  run: async (probe) => {
    const attempt = await probe.emptyCall();
    const { timeout } = probe.endpoint;
    // A proxy answers for a server that is not there.
    const found = isSilent(attempt) ? judgeAnswer('A call', attempt, timeout) : undefined;
    return found ? [found] : [];
  },
};
