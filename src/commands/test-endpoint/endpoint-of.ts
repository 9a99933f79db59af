import type { CommandContext } from '../../cli/command.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { formBytes } from '../../payload/form-codec.js';
import type { Endpoint, SampleCall } from '../../readiness/probe.js';
import { listSamples, type Sample } from '../../sample-files.js';
import { readVersion } from '../../version.js';
import type { TestEndpointOptions } from './options.js';

/** The endpoint, and the samples that it gets. */
export function endpointOf(options: TestEndpointOptions, { host }: CommandContext): Endpoint {
  const { url, credentialsInUrl, credentials, headers, timeout, insecure, samples, panel } =
    options;
  return {
    ...{ url, credentialsInUrl, credentials, headers, timeout, insecure },
    userAgent: `netcore-hook/${readVersion()}`,
    samples: samples.map((sample) => sampleCall(sample, panel)),
    catalogue: listSamples().map(({ channel, activity, payload }) => ({
      name: `${channel} ${activity}`,
      payload: payload as PayloadSource['payload'],
      channel,
    })),
    panel: panel ?? ownPanel,
    now: host.now,
  };
}

/** Distinguishes test events from a shop's own. */
const ownPanel = 'netcore_hook_test';

function sampleCall({ channel, activity, payload }: Sample, panel: string | undefined): SampleCall {
  const sent = panel === undefined ? payload : { [panel]: Object.values(payload).flat() };
  const body = formBytes(JSON.stringify(sent));
  return { name: `${channel} ${activity}`, body };
}
