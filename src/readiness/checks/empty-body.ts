import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';

export const emptyBodyCheck: Check = {
  id: 'empty_body',
  group: 'payload',
  suite: 'basic',
  title: "Empty body answered 200 (the panel's Test button)",
  sends: 'that same POST',
  harmless: true,
  needs: 'sample',
  run: async (probe) => {
    const attempt = await probe.emptyCall();
    if (attempt.kind === 'failed') {
      return [shownBy(finding('empty_body_not_answered', { reason: attempt.reason }), attempt)];
    }
    const { status } = attempt;
    return status === 200 ? [] : [shownBy(finding('empty_body_not_200', { status }), attempt)];
  },
};
