import type { Check } from '../check.js';
import { judgeSilence } from '../judge-answer.js';

export const httpCheck: Check = {
  id: 'http',
  group: 'protocol',
  suite: 'basic',
  title: 'HTTP answer',
  sends: 'a POST without a body, once for all checks of its answer',
  harmless: true,
  needs: 'tls',
  run: async (probe) => {
    const attempt = await probe.emptyCall();
    return attempt.kind === 'failed'
      ? [judgeSilence('A call', attempt, probe.endpoint.timeout)]
      : [];
  },
};
