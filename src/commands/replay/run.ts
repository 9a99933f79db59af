import { isLoopback } from '../../call/addresses.js';
import { answerText } from '../../call/answer-text.js';
import type { Attempt } from '../../call/attempt.js';
import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import { planReplay, type ReplayTarget } from '../../call/plan-replay.js';
import { refuseLoop } from '../../call/refuse-loop.js';
import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { AttemptNotice } from '../../output/notice.js';
import { writeRaw } from '../../output/raw-output.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { Problem, problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { makeReplay } from '../../sending/make-replay.js';
import { printedCall } from '../../sending/print-call.js';
import { sendCalls } from '../../sending/send-calls.js';
import { createSendView, type SendNotice } from '../../sending/sending-view.js';
import { type StoreFiles, storeFiles, storeFilesIfAny } from '../../store/folder.js';
import { openHistory, splitReference } from '../../store/history.js';
import { type AttemptLog, openAttemptLog } from '../../store/outcomes.js';
import { findListeners } from '../../store/presence.js';
import { readVersion } from '../../version.js';
import { unreadableNotice } from '../unreadable.js';
import { type ReplayInput, type ReplayOptions, readReplayOptions } from './options.js';
import {
  type SelectedCapture,
  type SelectedCaptures,
  selectFromFile,
  selectFromHistory,
} from './selected-captures.js';

/** Replays captures and reports the answers, or prints the calls. */
export async function runReplay(input: ReplayInput, context: CommandContext): Promise<number> {
  const warnings: SendNotice[] = [];
  const options = await readReplayOptions(input, context, (code, message) =>
    warnings.push({ type: 'warning', code, message }),
  );
  const files = storeFilesIfAny(context.host, context.global);
  if (options.print === undefined && files) {
    const listeners = await findListeners(files.folder, context.host);
    const urls = listeners.map(({ url }) => url);
    refuseLoop(options.url, urls, 'replay_loop');
  }
  const { selection } = options;
  if (selection.kind === 'file') {
    const selected = await selectFromFile(selection.file, context.host);
    return replay(selected, options, { files, context, warnings, unreadable: () => 0 });
  }
  const history = openHistory(storeFiles(context.host, context.global));
  try {
    const selected = selectFromHistory(selection, history);
    const unreadable = () => history.unreadable();
    return await replay(selected, options, { files, context, warnings, unreadable });
  } finally {
    history.close();
  }
}

interface Around {
  readonly files: StoreFiles | undefined;
  readonly context: CommandContext;
  readonly warnings: readonly SendNotice[];
  /** The number of damaged captures that were skipped so far. */
  readonly unreadable: () => number;
}

async function replay(
  selected: SelectedCaptures,
  options: ReplayOptions,
  { files, context, warnings, unreadable }: Around,
): Promise<number> {
  const view = await createSendView(context, { calls: selected.count, to: options.url.href });
  const emit = reporter<SendNotice>(context, view.show);
  for (const warning of warnings) emit(warning);
  const target: ReplayTarget = {
    url: options.url,
    credentials: options.credentials,
    headers: options.headers,
    userAgent: `netcore-hook/${readVersion()}`,
  };
  const reportUnreadable = () => {
    if (unreadable() > 0) emit(unreadableNotice(unreadable()));
  };
  if (options.print !== undefined) {
    await printReplay(selected, target, options, context, emit);
    reportUnreadable();
    return exitCodes.done.code;
  }
  if (!(await mayLeave(selected, options, context))) {
    emit({ type: 'warning', code: 'not_sent', message: 'Nothing was sent.' });
    return exitCodes.no.code;
  }
  if (options.bisect) {
    const capture = await onlyCapture(selected);
    const { bisectCapture } = await import('./bisect.js');
    return bisectCapture(capture, target, options, context);
  }
  const attempts = attemptRecording(files, context, emit);
  view.begin();
  try {
    return await sendCalls(
      {
        ...options,
        items: selected.captures,
        make: (item) => makeReplay(item.read(), target),
        due: options.speed === undefined ? undefined : spacing(options.speed),
        ended: attempts.record,
      },
      context,
      emit,
    );
  } finally {
    view.end();
    attempts.close();
    reportUnreadable();
  }
}

async function onlyCapture({ captures, count }: SelectedCaptures): Promise<Capture> {
  if (count === 1) for await (const item of captures) return item.read();
  throw problem('usage', {
    message: '--bisect requires a single capture, and several were selected.',
    hint: 'Try: netcore-hook replay last --bisect',
  });
}

/** Due times that divide the recorded gaps by `speed`. */
function spacing(speed: number): (item: SelectedCapture) => number {
  let first: number | undefined;
  return ({ time }) => {
    first ??= time;
    return Math.max(0, time - first) / speed;
  };
}

async function printReplay(
  { captures, count }: SelectedCaptures,
  target: ReplayTarget,
  { print = 'form', insecure }: ReplayOptions,
  { host, global }: CommandContext,
  emit: Emit<SendNotice>,
): Promise<void> {
  const hasRoom = roomToWrite(host.stdout);
  for await (const item of captures) {
    const capture = item.read();
    const call = planReplay(capture, target);
    const content = readCallContent(capture);
    if (print === 'form' && count === 1 && !global.json) writeRaw(host.stdout, call.body);
    else if (print === 'json' && content.kind === 'problem') {
      const message = `Capture ${capture.id} has no payload to print: ${content.message}`;
      emit({ type: 'warning', code: 'no_payload', message });
    } else {
      const payload =
        content.kind === 'payload'
          ? { json: content.text(), events: content.eventCount }
          : { json: '', events: 0 };
      emit(printedCall(print, { call, ...payload, insecure }));
    }
    if (!(await hasRoom())) break;
  }
}

/** Captures hold personal data, so other hosts require confirmation. */
async function mayLeave(
  { count }: SelectedCaptures,
  { url, yes }: ReplayOptions,
  context: CommandContext,
): Promise<boolean> {
  if (yes || isLoopback(url.hostname)) return true;
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    throw problem('replay_needs_yes', { host: url.host, json: context.global.json });
  }
  const what = count === 1 ? 'a real capture' : `${count ?? 'many'} real captures`;
  return askYes(`Send ${what} to ${url.host}?`, context);
}

interface AttemptRecording {
  /** Stores an attempt with its capture, if this store has it, and returns its number. */
  readonly record: (notice: AttemptNotice, attempt: Attempt) => number | undefined;
  readonly close: () => void;
}

/** A recording failure is reported once and does not stop the replay. */
function attemptRecording(
  files: StoreFiles | undefined,
  { host }: CommandContext,
  emit: Emit<SendNotice>,
): AttemptRecording {
  let log: AttemptLog | undefined;
  let failed = false;
  const giveUp = (error: unknown) => {
    failed = true;
    // A capture from a file need not be in any store.
    if (error instanceof Problem && error.code === 'store_missing') return undefined;
    const message = `Cannot record the attempts in the history: ${plainReason(error)}`;
    emit({ type: 'warning', code: 'attempts_not_kept', message });
    return undefined;
  };
  return {
    record({ capture, to, status, reason, ms }, attempt) {
      if (!files || failed || capture === undefined) return undefined;
      const { reference, event = null } = splitReference(capture);
      try {
        log ??= openAttemptLog(files, giveUp);
        const answer = answerText(attempt);
        const time = host.now();
        return log.record(reference, { event, time, url: to, status, reason, answer, ms });
      } catch (error) {
        return giveUp(error);
      }
    },
    close: () => log?.close(),
  };
}
