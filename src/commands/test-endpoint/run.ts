import { isLoopback } from '../../call/addresses.js';
import { createSender } from '../../call/send.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import type { StopSignal } from '../../host.js';
import type { FindingNotice } from '../../output/notice.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { writeForm } from '../../payload/form-codec.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { awaitEndpoint } from '../../readiness/await-endpoint.js';
import type { Check } from '../../readiness/check.js';
import { checks } from '../../readiness/checks.js';
import { wordFinding } from '../../readiness/findings.js';
import { createMender, type Mender } from '../../readiness/frameworks/mender.js';
import { createProbe, type Endpoint, type SampleCall } from '../../readiness/probe.js';
import { type CheckResult, runChecks, verdictOf } from '../../readiness/run-checks.js';
import { listSamples, type Sample } from '../../sample-files.js';
import { readVersion } from '../../version.js';
import { readTestEndpointOptions, type TestEndpointOptions } from './options.js';
import { createTestEndpointView, type TestEndpointNotice } from './view.js';

/** Runs the checks against an endpoint, or lists them. */
export async function runTestEndpoint(
  input: CommandInput,
  context: CommandContext,
): Promise<number> {
  const view = await createTestEndpointView(context);
  const emit = reporter<TestEndpointNotice>(context, view.show);
  if (input.options.list === true) {
    for (const { id, group, suite, title, sends, harmless } of checks) {
      emit({ type: 'listed_check', id, group, suite, title, sends, harmless });
    }
    return exitCodes.done.code;
  }
  const options = await readTestEndpointOptions(input, context, (code, message) =>
    emit({ type: 'warning', code, message }),
  );
  const chosen = await allowedChecks(options, context);
  const { timeout, insecure, wait } = options;
  const sender = createSender({ timeout, insecure, connections: 1 });
  const stop = new AbortController();
  const { signal } = stop;
  let stoppedBy: StopSignal | undefined;
  const forget = context.host.onStopSignal((given) => {
    stoppedBy = given;
    stop.abort();
    void sender.close();
  });
  const probe = createProbe(endpointOf(options, context), sender, signal);
  let results: readonly CheckResult[];
  try {
    view.begin(options.url);
    if (wait !== undefined) {
      view.waits(wait);
      const call = (most: number) => probe.emptyCallAs(options.credentials, most);
      await awaitEndpoint(call, { most: wait, pause: waitPause, signal });
    }
    const mender = createMender(probe, options.framework);
    const ended = async (result: CheckResult) => emit(await noticeOf(result, mender));
    const observer = { began: view.began, ended };
    results = await runChecks(chosen, probe, observer, signal);
  } finally {
    view.end();
    forget();
    await sender.close();
  }
  if (stoppedBy) {
    emit({ type: 'warning', code: 'interrupted', message: 'Stopped before the last check.' });
    return interruptionCode(stoppedBy);
  }
  const verdict = verdictOf(results);
  emit({ type: 'verdict', verdict });
  return verdict === 'not_ready' ? exitCodes.no.code : exitCodes.done.code;
}

/** Milliseconds. */
const waitPause = 500;

/** Several calls with events may be more than the other side expects: then those need a yes. */
async function allowedChecks(
  { checks: chosen, samples, url, yes }: TestEndpointOptions,
  context: CommandContext,
): Promise<readonly Check[]> {
  const harmless = chosen.filter((check) => check.harmless);
  const calls = eventCalls(chosen, samples.length);
  if (yes || calls <= 1 || isLoopback(url.hostname) || harmless.length === chosen.length) {
    return chosen;
  }
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    throw problem('needs_yes', { calls, host: url.host, json: context.global.json });
  }
  const question = `Send ${calls} calls with test events to ${url.host}? (no: only harmless checks)`;
  return (await askYes(question, context)) ? chosen : harmless;
}

/** How many calls with events the checks send. */
function eventCalls(chosen: readonly Check[], samples: number): number {
  const made = chosen.reduce((sum, check) => sum + (check.eventCalls ?? 0), 0);
  return chosen.some((check) => !check.harmless && check.eventCalls === undefined)
    ? made + samples
    : made;
}

function endpointOf(options: TestEndpointOptions, { host }: CommandContext): Endpoint {
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

/** Tells events of our own from those of a shop. */
const ownPanel = 'netcore_hook_test';

function sampleCall({ channel, activity, payload }: Sample, panel: string | undefined): SampleCall {
  const sent = panel === undefined ? payload : { [panel]: Object.values(payload).flat() };
  const body = new TextEncoder().encode(writeForm(JSON.stringify(sent)));
  return { name: `${channel} ${activity}`, body };
}

async function noticeOf(
  { check, outcome, findings }: CheckResult,
  mender: Mender,
): Promise<TestEndpointNotice> {
  const { id, group } = check;
  const worded: FindingNotice[] = [];
  for (const each of findings) {
    const snippet = await mender.snippetFor(id, each.code);
    worded.push({
      ...wordFinding(each),
      ...(snippet && {
        framework: snippet.framework.id,
        tested: snippet.framework.tested,
        snippet: snippet.text,
      }),
    });
  }
  return { type: 'check', id, group, outcome, findings: worded };
}
