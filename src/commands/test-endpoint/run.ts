import { plural } from '../../amounts.js';
import { isLoopback } from '../../call/addresses.js';
import { createSender } from '../../call/send.js';
import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { StopSignal } from '../../host.js';
import type { CheckNotice, FindingNotice, VerdictNotice } from '../../output/notice.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { writeForm } from '../../payload/form-codec.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { askedChecks } from '../../readiness/asked-checks.js';
import { awaitEndpoint } from '../../readiness/await-endpoint.js';
import type { Check } from '../../readiness/check.js';
import { checks } from '../../readiness/checks.js';
import { describeFinding, quotedAnswer } from '../../readiness/findings.js';
import { createFixAdvisor, type FixAdvisor } from '../../readiness/frameworks/fix-advisor.js';
import { createProbe, type Endpoint, type SampleCall } from '../../readiness/probe.js';
import { concealer, shownUrl } from '../../readiness/reports/conceal.js';
import { writeReport } from '../../readiness/reports/write-report.js';
import { type CheckResult, causeOf, runChecks, verdictOf } from '../../readiness/run-checks.js';
import { listSamples, type Sample } from '../../sample-files.js';
import { readVersion } from '../../version.js';
import { prepareAskedChecks } from './asked-checks.js';
import { collectChecks, safeNotices } from './collect-checks.js';
import type { TestEndpointInput } from './input.js';
import { readTestEndpointOptions, type TestEndpointOptions } from './options.js';
import { secretsOf } from './secrets.js';
import { createTestEndpointView, type TestEndpointNotice } from './view.js';

/** Runs the checks against an endpoint, or lists them. */
export async function runTestEndpoint(
  input: TestEndpointInput,
  context: CommandContext,
): Promise<number> {
  const view = await createTestEndpointView(context);
  const say = reporter<TestEndpointNotice>(context, view.show);
  const notices: TestEndpointNotice[] = [];
  const emit: Emit<TestEndpointNotice> = (notice) => {
    notices.push(notice);
    say(notice);
  };
  if (input.options.list) {
    for (const { id, group, suite, title, sends, harmless } of checks) {
      emit({ type: 'listed_check', id, group, suite, title, sends, harmless });
    }
    for (const { id, group, title, sends, harmless } of askedChecks) {
      emit({ type: 'listed_check', id, group, suite: 'asked', title, sends, harmless });
    }
    return exitCodes.done.code;
  }
  const options = await readTestEndpointOptions(input, context, (code, message) =>
    emit({ type: 'warning', code, message }),
  );
  const stop = new AbortController();
  const { signal } = stop;
  const conceal = concealer(secretsOf(options));
  const asked = await prepareAskedChecks(options, context, { emit, view, conceal, signal });
  const chosen = await allowedChecks([...options.checks, ...asked.checks], options, context);
  const { timeout, insecure, waitMs } = options;
  const sender = createSender({ timeout, insecure, connections: 1, wholeAnswers: true });
  const begun = context.host.now();
  const collected = collectChecks(context.host.now);
  let stoppedBy: StopSignal | undefined;
  const forget = context.host.onStopSignal((given) => {
    stoppedBy = given;
    // A soak ends with the result so far.
    if (asked.stopSoak()) return;
    stop.abort();
    void sender.close();
  });
  const probe = createProbe(endpointOf(options, context), sender, signal);
  let results: readonly CheckResult[];
  try {
    view.begin(options.url);
    if (waitMs !== undefined) {
      view.waits(waitMs);
      const call = (maxMs: number) => probe.emptyCallAs(options.credentials, maxMs);
      await awaitEndpoint(call, { maxMs: waitMs, pauseMs: waitPauseMs, signal });
    }
    const fixAdvisor = createFixAdvisor(probe, options.framework);
    const observer = {
      began: (check: Check) => {
        collected.began();
        view.began(check);
      },
      ended: async (result: CheckResult) => {
        const notice = await noticeOf(result, fixAdvisor, conceal);
        collected.ended(result.check.title, notice);
        emit(notice);
      },
    };
    results = await runChecks(chosen, probe, observer, signal);
  } finally {
    view.end();
    forget();
    await sender.close();
    await asked.close();
  }
  if (stoppedBy && signal.aborted) {
    emit({ type: 'warning', code: 'interrupted', message: 'Stopped before the last check.' });
    return interruptionCode(stoppedBy);
  }
  const verdict = verdictOf(results);
  const cause = causeNotice(results, conceal);
  emit({ type: 'verdict', verdict, ...(cause && { cause }) });
  const { reports, strict } = options.asked;
  for (const path of reports) {
    await writeReport(path, {
      url: shownUrl(options.url),
      time: new Date(begun).toISOString(),
      took: context.host.now() - begun,
      version: readVersion(),
      ...{ verdict, cause, strict, checks: collected.checks() },
      notices: safeNotices(notices, conceal),
      ...{ load: asked.load(), endurance: asked.endurance() },
    });
    say({ type: 'report', path });
  }
  if (stoppedBy) return interruptionCode(stoppedBy);
  const good = verdict === 'ready' || (verdict === 'warnings' && !strict);
  return good ? exitCodes.done.code : exitCodes.no.code;
}

const waitPauseMs = 500;

/**
 * Several calls with events may be unexpected for another host, so those checks require
 * confirmation.
 */
async function allowedChecks(
  chosen: readonly Check[],
  { samples, url, yes, asked: { burst } }: TestEndpointOptions,
  context: CommandContext,
): Promise<readonly Check[]> {
  const harmless = chosen.filter((check) => check.harmless);
  const calls = eventCalls(chosen, samples.length);
  if (
    yes ||
    (calls <= 1 && !burst) ||
    isLoopback(url.hostname) ||
    harmless.length === chosen.length
  ) {
    return chosen;
  }
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    const { json } = context.global;
    if (burst)
      throw problem('burst_needs_yes', { atOnce: burst.concurrency, host: url.host, json });
    throw problem('needs_yes', { calls, host: url.host, json });
  }
  const some = calls === 0 ? 'calls' : plural(calls, 'call');
  const then = calls === 0 ? ',' : ', and then';
  const load = burst
    ? `${then} ${burst.concurrency} at a time for ${burst.durationMs / 1000} s,`
    : '';
  const question = `Send ${some} with test events${load} to ${url.host}? (no: only harmless checks)`;
  return (await askYes(question, context)) ? chosen : harmless;
}

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

/** Distinguishes test events from a shop's own. */
const ownPanel = 'netcore_hook_test';

function sampleCall({ channel, activity, payload }: Sample, panel: string | undefined): SampleCall {
  const sent = panel === undefined ? payload : { [panel]: Object.values(payload).flat() };
  const body = new TextEncoder().encode(writeForm(JSON.stringify(sent)));
  return { name: `${channel} ${activity}`, body };
}

function causeNotice(
  results: readonly CheckResult[],
  conceal: (text: string) => string,
): VerdictNotice['cause'] {
  const cause = causeOf(results);
  if (cause === undefined) return undefined;
  const { code, message, fix } = describeFinding(cause.finding);
  return { check: cause.check.id, code, message: conceal(message), fix: conceal(fix) };
}

async function noticeOf(
  { check, outcome, findings, note }: CheckResult,
  fixAdvisor: FixAdvisor,
  conceal: (text: string) => string,
): Promise<CheckNotice> {
  const { id, group } = check;
  const worded: FindingNotice[] = [];
  for (const each of findings) {
    const snippet = await fixAdvisor.snippetFor(id, each.code);
    const { code, message, fix } = describeFinding(each);
    const answer = quotedAnswer(each);
    worded.push({
      code,
      message: conceal(message),
      ...(answer && { answer: conceal(answer) }),
      fix: conceal(fix),
      ...(snippet && {
        framework: snippet.framework.id,
        tested: snippet.framework.tested,
        snippet: snippet.text,
      }),
    });
  }
  return { type: 'check', id, group, outcome, findings: worded, ...(note && { note }) };
}
