import { isLoopback } from '../../call/addresses.js';
import { answerReason } from '../../call/answer-reason.js';
import { answerText } from '../../call/answer-text.js';
import type { Attempt, Sender } from '../../call/attempt.js';
import type { OutgoingCall } from '../../call/call.js';
import type { Credentials } from '../../call/plan-call.js';
import { planReplay } from '../../call/plan-replay.js';
import { refuseLoop } from '../../call/refuse-loop.js';
import { createSender } from '../../call/send.js';
import { splitCredentials } from '../../call/split-credentials.js';
import type { CommandContext } from '../../cli/command.js';
import { readValues } from '../../cli/options/read-options.js';
import { panelOfSamples, zoneOfSamples } from '../../cli/options/sending.js';
import { targetUrl } from '../../cli/options/values.js';
import { Problem, problem } from '../../problems/problem.js';
import { freshnessOf, sampleSources } from '../../sending/choose-samples.js';
import { defaultTarget } from '../../sending/default-target.js';
import { planCalls } from '../../sending/plan-calls.js';
import type { StoreFiles } from '../../store/folder.js';
import { findCapture, type History } from '../../store/history.js';
import { openAttemptLog } from '../../store/outcomes.js';
import { findListeners } from '../../store/presence.js';
import { readVersion } from '../../version.js';
import type { ReplayRequest, SendRequest, SentCall } from '../api.js';

/** The inspector's own listener and its credentials. */
export interface OwnListener {
  readonly url: string;
  readonly credentials: Credentials | undefined;
}

/** Sends calls for the page. */
export interface Sending {
  /** Like `replay`: byte for byte, with attempts stored in the history. */
  replay(id: string, request: ReplayRequest): Promise<SentCall>;
  /** Like `send`. */
  send(request: SendRequest): Promise<SentCall>;
  close(): Promise<void>;
}

/** Milliseconds, as for `send` and `replay`. */
const timeout = 10_000;
const connections = 4;
/** Sample options that the environment may set. */
const sampleOptions = { panel: panelOfSamples, tz: zoneOfSamples } as const;

export function createSending(
  history: History,
  files: StoreFiles,
  context: CommandContext,
  ownListener: () => OwnListener | undefined,
): Sending {
  const { host } = context;
  const senders = new Set<Sender>();

  async function attempt(call: OutgoingCall, insecure: boolean): Promise<Attempt> {
    const sender = createSender({ timeout, connections, insecure });
    senders.add(sender);
    try {
      return await sender.send(call);
    } finally {
      senders.delete(sender);
      await sender.close();
    }
  }

  return {
    async replay(id, { to, auth, event, beyondLoopback = false }) {
      const capture = findCapture(history, event === undefined ? id : `${id}.${event}`);
      const target = targetUrl('to', to);
      const listeners = await findListeners(files.folder, host);
      refuseLoop(
        target.url,
        listeners.map((listener) => listener.url),
        'replay_loop',
      );
      if (!isLoopback(target.url.hostname) && !beyondLoopback) {
        throw problem('replay_beyond_loopback', { host: target.url.host });
      }
      const call = planReplay(capture, {
        url: target.url,
        credentials: auth === undefined ? target.credentials : readAuth(auth),
        headers: [],
        userAgent: `netcore-hook/${readVersion()}`,
      });
      const sent = sentCall(await attempt(call, false), target.url, host.now(), event ?? null);
      return { ...sent, number: record(files, capture.id.replace(/\..*/, ''), sent) };
    },
    async send({ channel, activity, to, auth }) {
      const own = to === undefined ? ownListener() : undefined;
      const value = to ?? own?.url ?? (await defaultTarget(context));
      const target = targetUrl('to', value);
      const samples = readValues({ all: sampleOptions }, { typed: {}, env: host.env, host });
      const plan = planCalls({
        content: {
          kind: 'payloads',
          sources: sampleSources([channel], [activity]),
          edits: [],
          batch: undefined,
          panel: samples.panel,
          fresh: freshnessOf({ tz: samples.tz, seed: undefined }, host),
        },
        url: target.url,
        headers: [],
        count: undefined,
        credentials: auth === undefined ? (own?.credentials ?? target.credentials) : readAuth(auth),
      });
      if (plan.count !== 1) {
        throw problem('inspector_unreadable', { reason: 'it names several samples' });
      }
      // Our own listener's certificate may be self-signed.
      return sentCall(
        await attempt(plan.make(0).call, own !== undefined),
        target.url,
        host.now(),
        null,
      );
    },
    async close() {
      await Promise.all([...senders].map((sender) => sender.close()));
    },
  };
}

function readAuth(auth: string): Credentials {
  const credentials = splitCredentials(auth);
  if (credentials) return credentials;
  throw problem('credentials_invalid', { option: 'auth', reason: 'it is not user:password' });
}

function sentCall(attempt: Attempt, url: URL, time: number, event: number | null): SentCall {
  return {
    to: url.href,
    number: 1,
    status: attempt.kind === 'answered' ? attempt.status : null,
    reason: attempt.kind === 'failed' ? attempt.reason : answerReason(attempt, url),
    answer: answerText(attempt),
    ms: Math.round(attempt.ms * 100) / 100,
    time: new Date(time).toISOString(),
    event,
  };
}

/**
 * Stores an attempt with its capture and returns its number. A failure is ignored, since the call
 * was sent.
 */
function record(files: StoreFiles, id: string, sent: SentCall): number {
  const { to, event, status, reason, answer, ms, time } = sent;
  try {
    const log = openAttemptLog(files);
    try {
      const kept = { event, time: Date.parse(time), url: to, status, reason, answer, ms };
      return log.record(id, kept) ?? sent.number;
    } finally {
      log.close();
    }
  } catch (error) {
    if (error instanceof Problem) return sent.number;
    throw error;
  }
}
