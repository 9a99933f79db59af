import { formType } from '../../call/plan-call.js';
import type { Check } from '../check.js';
import { formBody } from '../event-check.js';
import { finding, shownBy } from '../findings.js';
import { refusesEmptyCall } from '../judge-answer.js';

export const contentTypeCheck: Check = {
  id: 'content_type',
  group: 'protocol',
  suite: 'full',
  title: 'Content type with and without a charset',
  sends: 'an event twice, as the plain form type and with "; charset=UTF-8"',
  harmless: false,
  eventCalls: 2,
  needs: 'credentials',
  run: async (probe) => {
    if (refusesEmptyCall(await probe.emptyCall())) return [];
    const { panel, take } = probe.events;
    const newBody = () => new TextEncoder().encode(formBody({ [panel]: take(1) }));
    const plain = await probe.call('A call with one event', { body: newBody() });
    // The check of the samples reports such a failure.
    if (plain.kind === 'failed' || plain.status !== 200) return [];
    const contentType = `${formType}; charset=UTF-8`;
    const named = await probe.call('A call that names its charset', {
      body: newBody(),
      contentType,
    });
    if (named.kind === 'answered' && named.status === 200) return [];
    const status = named.kind === 'answered' ? named.status : undefined;
    return [shownBy(finding('charset_refused', { status }), named)];
  },
};
