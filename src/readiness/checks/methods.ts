import type { Check } from '../check.js';
import { type Finding, finding } from '../findings.js';

export const methodsCheck: Check = {
  id: 'methods',
  group: 'protocol',
  suite: 'full',
  title: 'HEAD and GET do no harm',
  sends: 'a HEAD and a GET',
  harmless: true,
  needs: 'redirect',
  run: async (probe) => {
    const findings: Finding[] = [];
    for (const method of ['HEAD', 'GET']) {
      const attempt = await probe.call(`A ${method}`, { method });
      const status = attempt.kind === 'answered' ? attempt.status : undefined;
      // 501 says that the method is unknown, on purpose.
      if (status === undefined || (status >= 500 && status !== 501)) {
        findings.push(finding('method_failed', { method, status }));
      }
    }
    return findings;
  },
};
