import { realClock } from '../call/clock.js';
import type { Credentials } from '../call/plan-call.js';
import { createSender } from '../call/send.js';
import type { CommandContext } from '../cli/command.js';
import { type Forwarder, type ForwarderNews, startForwarder } from '../queue/forwarder.js';
import type { StoreFiles } from '../store/folder.js';
import { journal } from '../store/journal.js';
import type { Recorder } from '../store/recorder.js';
import type { Alerting } from './alerting.js';
import { announceForwarding } from './announce.js';
import type { Metrics } from './metrics.js';
import { type ForwardingNotice, type ForwardingNotices, forwardingNotices } from './notices.js';
import { destinationOf, type ForwardingOptions } from './options.js';
import { queueLine, storeCommand } from './store-command.js';
import { type Engine, openStoreEngine } from './store-engine.js';

/** Forwards calls until it is closed. */
export interface Forwarding {
  /** Takes calls that were recorded just now. */
  wake(): void;
  /**
   * Resolves when every recorded call was tried or handed over, at once if the handler is down, and otherwise
   * after a few seconds.
   */
  caughtUp(): Promise<void>;
  /** Waits for calls in flight. The rest stays in the queue. */
  close(): Promise<void>;
}

interface ForwardingParts {
  /** Of each handler. */
  readonly options: readonly ForwardingOptions[];
  /** The listener's current credentials, for the option value `same`. */
  readonly listenerCredentials: () => Credentials | undefined;
  readonly files: StoreFiles;
  /** Of the store whose calls are forwarded. Undefined: others hand over calls. */
  readonly recorder: Recorder | undefined;
  readonly context: CommandContext;
  readonly emit: (notice: ForwardingNotice) => void;
  readonly alerting: Alerting | undefined;
  readonly metrics: Metrics | undefined;
}

/** Longer than it takes to detect that a server does not answer. */
const shutdownGraceMs = 6_000;
const maxCatchUpMs = shutdownGraceMs;
const catchUpPollMs = 20;

/** Forwards to each handler independently. */
export async function startForwarding(parts: ForwardingParts): Promise<Forwarding> {
  const handlers: Forwarding[] = [];
  try {
    for (const options of parts.options) handlers.push(await startHandler({ ...parts, options }));
  } catch (error) {
    await Promise.all(handlers.map((handler) => handler.close()));
    throw error;
  }
  return {
    wake() {
      for (const handler of handlers) handler.wake();
    },
    async caughtUp() {
      await Promise.all(handlers.map((handler) => handler.caughtUp()));
    },
    async close() {
      await Promise.all(handlers.map((handler) => handler.close()));
    },
  };
}

interface HandlerParts extends Omit<ForwardingParts, 'options'> {
  readonly options: ForwardingOptions;
}

async function startHandler(parts: HandlerParts): Promise<Forwarding> {
  const { options, files, context, alerting, metrics, emit } = parts;
  const { target: url, concurrency, timeout, keepPath } = options;
  const notices = forwardingNotices(options, context, emit, alerting);
  const engine = await openEngine(parts, notices);
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const announcement = await announceForwarding(options, files, context, warn);
  const sender = createSender({ timeout, connections: concurrency, insecure: false });
  const forwarder = startForwarder({
    // Known after the first look.
    paused: true,
    queue: engine.queue,
    sender,
    target: {
      url,
      keepPath,
      get credentials() {
        const { credentials } = options;
        return credentials === 'same' ? parts.listenerCredentials() : credentials;
      },
    },
    options: { ...options, filter: { all: options.all, events: options.filter } },
    clock: realClock,
    now: context.host.now,
    random: Math.random,
    emit: (news) => {
      notices.report(news);
      announcement.report(news);
      alerting?.report(news, url);
      metrics?.report(news, url);
      journalBreaker(news, url, files, context);
    },
  });
  const destination = destinationOf(options);
  const { queue } = destination;
  const resume = queueLine(storeCommand(context, files), queue || undefined, 'resume');
  metrics?.watchQueue({
    destination,
    counts: () => engine.queue.counts(),
  });
  let pausedSince: number | null = null;
  const pauses = watchPause(engine, forwarder, (since) => {
    pausedSince = since;
    notices.paused(since, resume);
  });
  alerting?.watchQueue({
    to: url,
    server: queue,
    oldest: engine.oldest,
    pausedSince: () => pausedSince,
    giveUpAfter: options.giveUpAfter,
  });
  return {
    wake: engine.wake,
    async caughtUp() {
      const end = performance.now() + maxCatchUpMs;
      while (performance.now() < end) {
        const { openSince, paused } = forwarder.state();
        if (openSince !== null || (paused && pauses.isKnown())) return;
        // If the store cannot be read, there is no reason to wait.
        if (!(await engine.hasUntried().catch(() => false))) return;
        await realClock.wait(catchUpPollMs, undefined);
      }
    },
    async close() {
      pauses.stop();
      await Promise.all([engine.stop(), forwarder.close(shutdownGraceMs)]);
      await sender.close();
      await announcement.withdraw();
      await engine.close();
      notices.close();
    },
  };
}

function journalBreaker(
  news: ForwarderNews,
  { href: to }: URL,
  files: StoreFiles,
  { host }: CommandContext,
): void {
  if (news.kind === 'breaker_opened') {
    journal(files, host, { kind: 'breaker_opened', to, status: news.attempt.status });
  } else if (news.kind === 'breaker_closed') journal(files, host, { kind: 'breaker_closed', to });
}

const pausePollMs = 500;

/** Pauses the forwarder while its queue is paused. Keeps the last state while the queue cannot be read. */
function watchPause(
  { queue }: Engine,
  forwarder: Forwarder,
  changed: (since: number | null) => void,
): { isKnown(): boolean; stop(): void } {
  let known: number | null | undefined;
  const stopping = new AbortController();
  const watch = async () => {
    while (!stopping.signal.aborted) {
      const since = await queue.pausedSince().catch(() => known);
      if (since !== undefined && !stopping.signal.aborted) {
        const wasPaused = typeof known === 'number';
        known = since;
        forwarder.setPaused(since !== null);
        if ((since !== null) !== wasPaused) changed(since);
      }
      await realClock.wait(pausePollMs, stopping.signal);
    }
  };
  void watch();
  return { isKnown: () => known !== undefined, stop: () => stopping.abort() };
}

async function openEngine(parts: HandlerParts, notices: ForwardingNotices): Promise<Engine> {
  const { recorder } = parts;
  const { queue: server } = parts.options;
  if (server) {
    const { openRedisEngine } = await import('./redis-engine.js');
    return openRedisEngine({
      ...parts,
      server,
      graceMs: shutdownGraceMs,
      failed: (error) => notices.queueFailed('handing over', error),
      recovered: () => notices.queueRecovered('handing over'),
    });
  }
  if (!recorder) throw new Error('Forwarding requires a store or a server.');
  return openStoreEngine({ ...parts, recorder });
}
