import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';
import { judgeSilence } from '../judge-answer.js';

export const keepAliveCheck: Check = {
  id: 'keep_alive',
  group: 'protocol',
  suite: 'full',
  title: 'Reused and new connections',
  sends: 'three POSTs without a body: two over one connection, one over another',
  harmless: true,
  needs: 'credentials',
  run: async (probe) => {
    const [first, second, fresh] = await probe.keptConnection();
    if (first?.kind !== 'answered' || !second || !fresh) return [];
    if (fresh.kind === 'failed') {
      return [shownBy(judgeSilence(fresh.what, fresh, probe.endpoint.timeout), fresh)];
    }
    return second.kind === 'failed'
      ? [finding('kept_connection_broken', { reason: second.reason })]
      : [];
  },
};
