import type { Check } from '../check.js';
import { type Finding, finding } from '../findings.js';

export const urlCheck: Check = {
  id: 'url',
  group: 'reach',
  suite: 'basic',
  title: 'URL',
  sends: 'nothing',
  harmless: true,
  needs: undefined,
  run: async ({ endpoint }) => {
    const findings: Finding[] = [];
    if (endpoint.credentialsInUrl) findings.push(finding('url_with_credentials'));
    const { hash } = endpoint.url;
    if (hash) findings.push(finding('url_with_fragment', { fragment: hash }));
    return findings;
  },
};
