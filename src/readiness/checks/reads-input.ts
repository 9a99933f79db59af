import { quoted } from '../../call/curl-command.js';
import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';
import { saysFailure } from '../judge-content.js';

const garbage = 'data=hello';

export const readsInputCheck: Check = {
  id: 'reads_input',
  group: 'payload',
  suite: 'basic',
  title: 'Input read',
  sends: `a POST with the body \`${garbage}\`, which is not JSON`,
  harmless: true,
  needs: 'sample',
  run: async (probe) => {
    const body = new TextEncoder().encode(garbage);
    const attempt = await probe.call('A call with data that is not JSON', { body });
    // Any other answer shows that something looked at the body.
    if (attempt.kind === 'failed' || attempt.status !== 200 || saysFailure(attempt)) return [];
    // Values of a query may be tokens.
    const url = `${probe.endpoint.url.origin}${probe.endpoint.url.pathname}`;
    const to = /^[\w.:/-]+$/.test(url) ? url : quoted(url);
    return [shownBy(finding('input_unproven', { garbage, to }), attempt)];
  },
};
