import type { Check } from '../check.js';
import { finding } from '../findings.js';

export const methodsCheck: Check = {
  id: 'methods',
  group: 'protocol',
  suite: 'full',
  title: 'HEAD and GET handled',
  sends: 'a HEAD and a GET',
  harmless: true,
  needs: 'redirect',
  run: async (probe) => {
    const failed = new Map<number | undefined, string[]>();
    for (const method of ['HEAD', 'GET']) {
      const attempt = await probe.call(`A ${method}`, { method });
      const status = attempt.kind === 'answered' ? attempt.status : undefined;
      // 501 rejects an unknown method on purpose.
      if (status !== undefined && (status < 500 || status === 501)) continue;
      failed.set(status, [...(failed.get(status) ?? []), method]);
    }
    return [...failed].map(([status, methods]) => finding('method_failed', { methods, status }));
  },
};
