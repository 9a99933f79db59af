import type { FindingCode } from '../../../src/readiness/findings.js';

/** Locations of nginx before a sound receiver on port 3000, and the findings that they cause. */
export const nginxFaults: readonly {
  readonly broken: string;
  readonly codes: readonly FindingCode[];
  readonly options: readonly string[];
}[] = [
  {
    broken: 'location = /webhooks/netcore { proxy_pass http://127.0.0.1:3000; }',
    codes: ['body_too_large'],
    options: ['--only', 'batch_size'],
  },
  {
    broken: 'location = /webhooks/netcore { return 301 /webhooks/netcore/; }',
    codes: ['redirected'],
    options: ['--only', 'redirect'],
  },
  {
    broken: 'location = /webhooks/netcore { proxy_pass http://127.0.0.1:1; }',
    codes: ['gateway_failed'],
    options: ['--only', 'sample'],
  },
  {
    broken: 'location = /webhooks/netcore { empty_gif; }',
    codes: ['method_refused'],
    options: ['--only', 'sample'],
  },
  {
    broken: 'location = /hook { proxy_pass http://127.0.0.1:3000; }',
    codes: ['not_found'],
    options: ['--only', 'sample'],
  },
];
