import { createSender } from '../../call/send.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { StopSignal } from '../../host.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { awaitEndpoint } from '../../readiness/await-endpoint.js';
import type { Check } from '../../readiness/check.js';
import { createFixAdvisor } from '../../readiness/frameworks/fix-advisor.js';
import { createProbe } from '../../readiness/probe.js';
import { concealer, shownUrl } from '../../readiness/reports/conceal.js';
import { writeReport } from '../../readiness/reports/write-report.js';
import { type CheckResult, runChecks, verdictOf } from '../../readiness/run-checks.js';
import { readVersion } from '../../version.js';
import { prepareAskedChecks } from './asked-checks.js';
import { causeNotice, checkNotice } from './check-notice.js';
import { collectChecks, safeNotices } from './collect-checks.js';
import { endpointOf } from './endpoint-of.js';
import type { TestEndpointOptions } from './options.js';
import { saveFailures } from './save-failures.js';
import { secretsOf } from './secrets.js';
import type { TestEndpointNotice, TestEndpointView } from './view.js';

export interface RoundPlan {
  readonly options: TestEndpointOptions;
  readonly context: CommandContext;
  readonly view: TestEndpointView;
  readonly say: Emit<TestEndpointNotice>;
  /** The notices so far, for a report. */
  readonly before: readonly TestEndpointNotice[];
  /** Chooses the checks that may run. */
  readonly allow: (checks: readonly Check[]) => Promise<readonly Check[]>;
}

export interface Round {
  /** Of all checks, unless the round was stopped. */
  readonly results: readonly CheckResult[];
  readonly exit: number;
  readonly stoppedBy: StopSignal | undefined;
}

/** Runs the chosen checks once, and writes their results. */
export async function runRound(plan: RoundPlan): Promise<Round> {
  const { options, context, view, say, before, allow } = plan;
  const notices = [...before];
  const emit: Emit<TestEndpointNotice> = (notice) => {
    notices.push(notice);
    say(notice);
  };
  const stop = new AbortController();
  const { signal } = stop;
  const conceal = concealer(secretsOf(options));
  const asked = await prepareAskedChecks(options, context, { emit, view, conceal, signal });
  const chosen = await allow([...options.checks, ...asked.checks]);
  const { timeout, insecure, credentials, waitMs } = options;
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
  const settings = { credentials, insecure, timeout };
  let results: readonly CheckResult[];
  try {
    view.begin(options.url);
    if (waitMs !== undefined) {
      view.waits(waitMs);
      const call = (maxMs: number) => probe.emptyCallAs(credentials, maxMs);
      await awaitEndpoint(call, { maxMs: waitMs, pauseMs: waitPauseMs, signal });
    }
    const fixAdvisor = createFixAdvisor(probe, options.framework);
    const observer = {
      began: (check: Check) => {
        collected.began();
        view.began(check);
      },
      ended: async (result: CheckResult) => {
        const notice = await checkNotice(result, { fixAdvisor, conceal, settings });
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
    return { results: [], exit: interruptionCode(stoppedBy), stoppedBy };
  }
  const verdict = verdictOf(results);
  const cause = causeNotice(results, conceal);
  emit({ type: 'verdict', verdict, ...(cause && { cause }) });
  const { reports, strict, failures } = options.asked;
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
  if (failures !== undefined) say(await saveFailures(failures, { results, settings, conceal }));
  const good = verdict === 'ready' || (verdict === 'warnings' && !strict);
  const exit = good ? exitCodes.done.code : exitCodes.no.code;
  return { results, exit: stoppedBy ? interruptionCode(stoppedBy) : exit, stoppedBy };
}

const waitPauseMs = 500;
