import type { Attempt } from '../../call/attempt.js';
import { atRate, pace } from '../../call/pace.js';
import { summarizeAttempts } from '../../call/summarize-attempts.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { StopSignal } from '../../host.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { isLoopback } from '../../receiver/addresses.js';
import { printedCall } from '../print-call.js';
import { answerReason } from './answer-reason.js';
import { askForMissing } from './ask-for-missing.js';
import { mostConcurrent, readSendOptions, readTyped, type SendOptions } from './options.js';
import { type CallPlan, planCalls } from './plan-calls.js';
import { createSendView, type SendNotice } from './view.js';

/** Sends calls and tells how each was answered, or prints them. */
export async function runSend(input: CommandInput, context: CommandContext): Promise<number> {
  const typed = await askForMissing(readTyped(input, context), context);
  const warnings: SendNotice[] = [];
  const options = await readSendOptions(typed, context, (code, message) =>
    warnings.push({ type: 'warning', code, message }),
  );
  const plan = planCalls(options);
  if (options.rate !== undefined && plan.count === 1) {
    const message = 'One call has no rate. How many there are is said with --count.';
    warnings.push({ type: 'warning', code: 'rate_of_one', message });
  }
  const view = await createSendView(context, {
    calls: plan.count,
    to: options.url.href,
  });
  const emit = reporter<SendNotice>(context, view.show);
  for (const warning of warnings) emit(warning);
  if (options.print !== undefined) return printCalls(plan, options, context, emit);
  if (!(await mayLeave(plan, options, context))) {
    emit({ type: 'warning', code: 'not_sent', message: 'Nothing was sent.' });
    return exitCodes.no.code;
  }
  view.begin();
  try {
    return await sendCalls(plan, options, context, emit);
  } finally {
    view.end();
  }
}

function printCalls(
  plan: CallPlan,
  { print = 'form', insecure, content }: SendOptions,
  { host, global }: CommandContext,
  emit: Emit<SendNotice>,
): number {
  for (let index = 0; index < plan.count; index += 1) {
    const { call, json, sent } = plan.make(index);
    // A raw body may be no text at all.
    if (content.kind === 'raw' && print === 'form' && !global.json) host.stdout.write(call.body);
    else emit(printedCall(print, { call, json, events: sent.events, insecure }));
  }
  return exitCodes.done.code;
}

/** Several calls may be a load that the other side did not expect. */
async function mayLeave(
  plan: CallPlan,
  { url, yes }: SendOptions,
  context: CommandContext,
): Promise<boolean> {
  if (yes || plan.count === 1 || isLoopback(url.hostname)) return true;
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) throw problem('needs_yes', { calls: plan.count, host: url.host });
  return askYes(`Send ${plan.count} calls to ${url.host}?`, context);
}

async function sendCalls(
  plan: CallPlan,
  options: SendOptions,
  { host }: CommandContext,
  emit: Emit<SendNotice>,
): Promise<number> {
  const { url, rate, concurrency, timeout, insecure } = options;
  const { createSender } = await import('../../call/send.js');
  const sender = createSender({ timeout, connections: concurrency, insecure });
  const tally = summarizeAttempts();
  const stop = new AbortController();
  let stoppedBy: StopSignal | undefined;
  let latest = 0;
  const forget = host.onStopSignal((signal) => {
    stoppedBy = signal;
    stop.abort();
    // An endpoint that hangs must not hold back the summary.
    void sender.close();
  });
  try {
    await pace(
      numbersBelow(plan.count),
      async (index, _, late) => {
        latest = Math.max(latest, late);
        const { call, sent } = plan.make(index);
        const attempt = await sender.send(call);
        tally.add(attempt);
        const reason = reasonOf(attempt, url);
        const status = attempt.kind === 'answered' ? attempt.status : null;
        const ms = Math.round(attempt.ms * 100) / 100;
        emit({ type: 'attempt', to: url.href, number: index + 1, status, reason, ms, sent });
      },
      { concurrency, signal: stop.signal, due: rate === undefined ? undefined : atRate(rate) },
    );
  } finally {
    forget();
    await sender.close();
  }
  const summary = tally.summary();
  emit({ type: 'summary', ...summary });
  if (rate !== undefined && latest > muchLate && !stoppedBy) {
    const message = `${rate} calls a second were not reached. More calls at a time may help: --concurrency ${Math.min(concurrency * 4, mostConcurrent)}`;
    emit({ type: 'warning', code: 'rate_not_reached', message });
  }
  if (stoppedBy) return stoppedBy === 'SIGTERM' ? terminated : exitCodes.interrupted.code;
  if (summary.statuses.none === summary.calls) {
    throw problem('no_answer', { url: url.href });
  }
  return summary.answered200 === summary.calls ? exitCodes.done.code : exitCodes.no.code;
}

/** What a shell expects of a process that SIGTERM ended. */
const terminated = 143;
/** Milliseconds behind the schedule from which the rate was not kept. */
const muchLate = 1000;

function* numbersBelow(count: number): Generator<number> {
  for (let number = 0; number < count; number += 1) yield number;
}

function reasonOf(attempt: Attempt, url: URL): string | null {
  return attempt.kind === 'failed' ? attempt.reason : answerReason(attempt, url);
}
