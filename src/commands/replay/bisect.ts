import { resolve } from 'node:path';
import { answerReason } from '../../call/answer-reason.js';
import type { Attempt } from '../../call/attempt.js';
import type { Capture } from '../../call/call.js';
import { shortId } from '../../call/capture-id.js';
import { readCallContent } from '../../call/content.js';
import { formType } from '../../call/plan-call.js';
import { planReplay, type ReplayTarget } from '../../call/plan-replay.js';
import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { AttemptNotice, BisectedNotice } from '../../output/notice.js';
import { keyedEvent } from '../../payload/event-key.js';
import { type EventText, eventTexts } from '../../payload/event-texts.js';
import { writeForm } from '../../payload/form-codec.js';
import { indentJson } from '../../payload/json-text.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { replaceFile } from '../../replace-file.js';
import { createBisectView } from './bisect-view.js';
import type { ReplayOptions } from './options.js';
import { smallestFailing } from './smallest-failing.js';

interface NumberedEvent extends EventText {
  /** Its position in the batch, from 1. */
  readonly number: number;
}

/**
 * Finds the events of a capture that the endpoint fails on, and writes them to a file for
 * `send --data`. Resolves to the exit code.
 */
export async function bisectCapture(
  capture: Capture,
  target: ReplayTarget,
  options: ReplayOptions,
  context: CommandContext,
): Promise<number> {
  const content = readCallContent(capture, 'keys');
  const summaries = content.kind === 'payload' ? [...content.everyEvent()] : [];
  const texts = content.kind === 'payload' ? eventTexts(content.text()) : [];
  const events = texts.map((event, at): NumberedEvent => ({ ...event, number: at + 1 }));
  if (events.length < 2) {
    throw problem('not_a_batch', { id: shortId(capture.id), events: events.length });
  }
  const view = await createBisectView(events.length, context);
  const emit = reporter<AttemptNotice | BisectedNotice>(context, view.show);
  const tries = await startTries(capture, target, options, context, emit);
  try {
    if (!(await tries.fails(events))) {
      emit({
        type: 'bisected',
        capture: capture.id,
        fails: false,
        events: [],
        othersPass: true,
        file: null,
      });
      return exitCodes.done.code;
    }
    const { culprits, othersPass } = await findCulprits(events, tries.fails, target);
    const file = await save(capture, culprits, context);
    emit({
      type: 'bisected',
      capture: capture.id,
      fails: true,
      events: culprits.flatMap(({ number }) => {
        const event = summaries[number - 1];
        return event === undefined ? [] : [{ number, ...keyedEvent(event) }];
      }),
      othersPass,
      file,
    });
    return exitCodes.no.code;
  } catch (error) {
    const signal = tries.stoppedBy();
    if (signal !== undefined) return interruptionCode(signal);
    throw error;
  } finally {
    view.end();
    await tries.close();
  }
}

type Fails = (events: readonly NumberedEvent[]) => Promise<boolean>;

/** A handler that fails on a whole kind of event would otherwise be tried for hours. */
const maxCulprits = 10;

/**
 * Finds the smallest failing sets of events until the others pass. Tries each set again, since a
 * handler that fails at random, once, or until it remembers an event makes any set look guilty.
 */
async function findCulprits(
  events: readonly NumberedEvent[],
  fails: Fails,
  target: ReplayTarget,
): Promise<{ readonly culprits: readonly NumberedEvent[]; readonly othersPass: boolean }> {
  const confirm = async (some: readonly NumberedEvent[]) => {
    if (!(await fails(some))) throw problem('not_repeatable', { url: target.url.href });
  };
  await confirm(events);
  const culprits: NumberedEvent[] = [];
  let others = events;
  for (let count = 0; count < maxCulprits; count += 1) {
    const smallest = await smallestFailing(others, fails);
    await confirm(smallest);
    culprits.push(...smallest);
    others = others.filter((event) => !smallest.includes(event));
    if (others.length === 0 || !(await fails(others))) {
      return { culprits: inOrder(culprits), othersPass: true };
    }
  }
  return { culprits: inOrder(culprits), othersPass: false };
}

function inOrder(events: readonly NumberedEvent[]): readonly NumberedEvent[] {
  return events.toSorted((one, other) => one.number - other.number);
}

async function startTries(
  capture: Capture,
  target: ReplayTarget,
  { timeout, insecure }: ReplayOptions,
  { host }: CommandContext,
  emit: Emit<AttemptNotice>,
) {
  const { createSender } = await import('../../call/send.js');
  // New connections for each try, so that one try cannot affect the next.
  const sender = createSender({ timeout, connections: 1, insecure, keepAlive: false });
  let stopped: 'SIGINT' | 'SIGTERM' | undefined;
  const forget = host.onStopSignal((signal) => {
    stopped = signal;
    void sender.close();
  });
  let tried = 0;
  return {
    async fails(events: readonly NumberedEvent[]): Promise<boolean> {
      tried += 1;
      const attempt = await sender.send(planReplay(callOf(capture, events, tried), target));
      if (stopped !== undefined) throw problem('interrupted', {});
      // An absent endpoint reveals nothing.
      if (attempt.kind === 'failed' && isAbsence(attempt)) {
        throw problem('no_answer', { url: target.url.href, failure: attempt });
      }
      const answered = attempt.kind === 'answered';
      emit({
        type: 'attempt',
        capture: capture.id,
        to: target.url.href,
        number: tried,
        status: answered ? attempt.status : null,
        reason: answered ? answerReason(attempt, target.url) : attempt.reason,
        ms: Math.round(attempt.ms * 100) / 100,
        sent: { what: 'part of a batch', events: events.length, msgid: null },
      });
      return !answered || attempt.status !== 200;
    },
    stoppedBy: () => stopped,
    close() {
      forget();
      return sender.close();
    },
  };
}

function isAbsence({ code }: Extract<Attempt, { readonly kind: 'failed' }>): boolean {
  return ['dns_failed', 'connection_refused', 'unreachable', 'tls_failed'].includes(code);
}

/** A call with some of the capture's events. Each has its own id, since it is a different call. */
function callOf(capture: Capture, events: readonly EventText[], tried: number): Capture {
  return {
    ...capture,
    id: `${capture.id}-${tried}`,
    headers: [['Content-Type', formType]],
    body: Buffer.from(writeForm(payloadText(events)), 'utf8'),
  };
}

/** The JSON of a payload with these events, each in its original text. */
function payloadText(events: readonly EventText[]): string {
  const panels = new Map<string, string[]>();
  for (const { panel, text } of events) {
    const texts = panels.get(panel);
    if (texts) texts.push(text);
    else panels.set(panel, [text]);
  }
  const members = [...panels].map(([panel, texts]) => `${JSON.stringify(panel)}:[${texts}]`);
  return `{${members}}`;
}

async function save(
  capture: Capture,
  events: readonly EventText[],
  { host }: CommandContext,
): Promise<string> {
  const path = resolve(host.cwd, `netcore-hook-${shortId(capture.id)}.json`);
  try {
    await replaceFile(path, `${indentJson(payloadText(events))}\n`, 0o600);
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
  return path;
}
