import { afterEach } from 'vitest';
import type { Sender } from '../../src/call/attempt.js';
import { createSender } from '../../src/call/send.js';
import { formEncoded } from '../../src/payload/form-codec.js';
import type { Check } from '../../src/readiness/check.js';
import { createProbe, type Endpoint } from '../../src/readiness/probe.js';
import { type CheckResult, runChecks } from '../../src/readiness/run-checks.js';
import { listSamples } from '../../src/sample-files.js';

const senders: Sender[] = [];
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.close();
});

export const credentials = { user: 'netcore', password: 'secret' };
export const rightAuthorization = `Basic ${Buffer.from('netcore:secret').toString('base64')}`;

/** Runs checks against an endpoint as test-endpoint does, with one sample. */
export function checkEndpoint(
  url: URL,
  chosen: readonly Check[],
  changes: Partial<Endpoint> = {},
): Promise<CheckResult[]> {
  const samples = listSamples();
  const sample = samples.find((each) => each.channel === 'email' && each.activity === 'open')!;
  const endpoint: Endpoint = {
    url,
    credentialsInUrl: false,
    credentials,
    headers: [],
    userAgent: 'netcore-hook/0.1.0',
    samples: [
      {
        name: 'email open',
        body: new TextEncoder().encode(`data=${formEncoded(JSON.stringify(sample.payload))}`),
      },
    ],
    catalogue: samples.map(({ channel, activity, payload }) => ({
      name: `${channel} ${activity}`,
      payload: JSON.parse(JSON.stringify(payload)),
      channel,
    })),
    panel: 'netcore_hook_test',
    timeout: 5000,
    insecure: false,
    now: Date.now,
    ...changes,
  };
  const { timeout, insecure } = endpoint;
  const sender = createSender({ timeout, insecure, connections: 1, wholeAnswers: true });
  senders.push(sender);
  const { signal } = new AbortController();
  const observer = { began: () => {}, ended: () => {} };
  return runChecks(chosen, createProbe(endpoint, sender, signal), observer, signal);
}

/** Codes of warnings and failures, in the order found. */
export function codesOf(found: readonly CheckResult[]): string[] {
  return found
    .filter(({ outcome }) => outcome === 'warn' || outcome === 'fail')
    .flatMap(({ findings }) => findings.map(({ code }) => code));
}
