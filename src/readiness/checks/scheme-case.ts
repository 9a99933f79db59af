import { basicAuthorization } from '../../call/plan-call.js';
import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';
import { isAccepted } from '../judge-answer.js';

export const schemeCaseCheck: Check = {
  id: 'scheme_case',
  group: 'authentication',
  suite: 'full',
  title: '"basic" in any case',
  sends: 'POSTs without a body, with the credentials after "basic" and "BASIC"',
  harmless: true,
  needs: 'credentials',
  run: async (probe) => {
    const { credentials } = probe.endpoint;
    if (!credentials) return [finding('no_credentials')];
    if (isAccepted((await probe.unauthenticatedCalls()).none)) return [finding('nothing_refused')];
    const right = basicAuthorization(credentials);
    for (const scheme of ['basic', 'BASIC']) {
      const authorization = right.replace(/^Basic/, scheme);
      const attempt = await probe.call(`A call with the scheme "${scheme}"`, { authorization });
      const status = attempt.kind === 'answered' ? attempt.status : undefined;
      const expected = await probe.emptyCall();
      if (expected.kind === 'answered' && status !== expected.status) {
        return [shownBy(finding('scheme_case_refused', { scheme, status }), attempt)];
      }
    }
    return [];
  },
};
