import { headerValue } from '../../call/headers.js';
import type { Check } from '../check.js';
import { finding } from '../findings.js';

export const redirectCheck: Check = {
  id: 'redirect',
  group: 'protocol',
  suite: 'basic',
  title: 'No redirect',
  sends: 'that same POST',
  harmless: true,
  needs: 'http',
  run: async (probe) => {
    const attempt = await probe.emptyCall();
    if (attempt.kind === 'failed' || attempt.status < 300 || attempt.status > 399) return [];
    const location = headerValue(attempt.headers, 'location');
    return [finding('redirected', { what: 'A call', status: attempt.status, location })];
  },
};
