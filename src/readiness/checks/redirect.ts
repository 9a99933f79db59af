import { headerValue } from '../../call/headers.js';
import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';

export const redirectCheck: Check = {
  id: 'redirect',
  group: 'protocol',
  suite: 'basic',
  title: 'No redirect',
  sends: 'that same POST',
  harmless: true,
  decisive: true,
  needs: 'http',
  run: async (probe) => {
    const attempt = await probe.emptyCall();
    if (attempt.kind === 'failed' || attempt.status < 300 || attempt.status > 399) return [];
    const location = headerValue(attempt.headers, 'location');
    const { status } = attempt;
    return [shownBy(finding('redirected', { what: 'A call', status, location }), attempt)];
  },
};
