import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';
import type { SentCall } from '../sent-call.js';

export const methodsCheck: Check = {
  id: 'methods',
  group: 'protocol',
  suite: 'full',
  title: 'HEAD and GET handled',
  sends: 'a HEAD and a GET',
  harmless: true,
  needs: 'credentials',
  run: async (probe) => {
    const failed = new Map<number | undefined, SentCall[]>();
    for (const method of ['HEAD', 'GET']) {
      const attempt = await probe.call(`A ${method}`, { method });
      const status = attempt.kind === 'answered' ? attempt.status : undefined;
      // 501 rejects an unknown method on purpose.
      if (status !== undefined && (status < 500 || status === 501)) continue;
      failed.set(status, [...(failed.get(status) ?? []), attempt]);
    }
    return [...failed].map(([status, calls]) => {
      const methods = calls.map(({ call }) => call.method);
      return shownBy(finding('method_failed', { methods, status }), ...calls);
    });
  },
};
