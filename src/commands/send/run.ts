import { isLoopback } from '../../call/addresses.js';
import type { CommandContext } from '../../cli/command.js';
import { rejectArguments } from '../../cli/reject-arguments.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { writeRaw } from '../../output/raw-output.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { type CallPlan, planCalls } from '../../sending/plan-calls.js';
import { printedCall } from '../../sending/print-call.js';
import { sendCalls } from '../../sending/send-calls.js';
import { createSendView, type SendNotice } from '../../sending/sending-view.js';
import { askForMissing } from './ask-for-missing.js';
import type { SendInput } from './input.js';
import { readSendOptions, type SendOptions } from './options.js';

/** Sends calls and reports the answers, or prints the calls. */
export async function runSend(input: SendInput, context: CommandContext): Promise<number> {
  rejectArguments('send', input.words, (word) =>
    word.includes(':') ? 'Pass a URL with --to.' : `Try: netcore-hook send --channel ${word}`,
  );
  const asked = await askForMissing(input, context);
  const warnings: SendNotice[] = [];
  const options = await readSendOptions(asked, context, (code, message) =>
    warnings.push({ type: 'warning', code, message }),
  );
  const plan = planCalls(options);
  if (options.rate !== undefined && plan.count === 1) {
    const message = '--rate has no effect on a single call. Send more calls with --count.';
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
    return await sendCalls(
      {
        ...options,
        items: numbersBelow(plan.count),
        make: (index) => plan.make(index),
      },
      context,
      emit,
    );
  } finally {
    view.end();
  }
}

async function printCalls(
  plan: CallPlan,
  { print = 'form', insecure, content }: SendOptions,
  { host, global }: CommandContext,
  emit: Emit<SendNotice>,
): Promise<number> {
  const hasRoom = roomToWrite(host.stdout);
  for (let index = 0; index < plan.count; index += 1) {
    const { call, json, sent } = plan.make(index);
    // A raw body may be binary.
    if (content.kind === 'raw' && print === 'form' && !global.json)
      writeRaw(host.stdout, call.body);
    else emit(printedCall(print, { call, json, events: sent.events, insecure }));
    if (!(await hasRoom())) break;
  }
  return exitCodes.done.code;
}

/** Several calls may be an unexpected load for another host, so they require confirmation. */
async function mayLeave(
  plan: CallPlan,
  { url, yes }: SendOptions,
  context: CommandContext,
): Promise<boolean> {
  if (yes || plan.count === 1 || isLoopback(url.hostname)) return true;
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    const { json } = context.global;
    throw problem('needs_yes', { calls: plan.count, host: url.host, json });
  }
  return askYes(`Send ${plan.count} calls to ${url.host}?`, context);
}

function* numbersBelow(count: number): Generator<number> {
  for (let number = 0; number < count; number += 1) yield number;
}
