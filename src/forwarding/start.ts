import { realClock } from '../call/clock.js';
import type { Credentials } from '../call/plan-call.js';
import { createSender } from '../call/send.js';
import type { CommandContext } from '../cli/command.js';
import { startForwarder } from '../queue/forwarder.js';
import type { StoreFiles } from '../store/folder.js';
import type { Recorder } from '../store/recorder.js';
import type { Alerting } from './alerting.js';
import { announceForwarding } from './announce.js';
import { closingPatience, openEngine } from './engines.js';
import { type ForwardingNotice, forwardingNotices } from './notices.js';
import type { ForwardingOptions } from './options.js';

/** Forwards calls until it is closed. */
export interface Forwarding {
  /** A call was recorded just now. */
  wake(): void;
  /**
   * Resolves when every call that was recorded was tried or handed over; at once when the handler is
   * down, and in any case after a few seconds.
   */
  caughtUp(): Promise<void>;
  /** Lets what is at the handler finish; the rest stays in the queue. */
  close(): Promise<void>;
}

export interface ForwardingParts {
  readonly options: ForwardingOptions;
  /** What `same` stands for in the options, now. */
  readonly listenerCredentials: () => Credentials | undefined;
  readonly files: StoreFiles;
  /** Of the store whose calls are forwarded; undefined: only what others hand over is. */
  readonly recorder: Recorder | undefined;
  readonly context: CommandContext;
  readonly emit: (notice: ForwardingNotice) => void;
  readonly alerting: Alerting | undefined;
}

/** How often it is looked whether all calls were tried, in milliseconds. */
const catchUpEvery = 20;

export async function startForwarding(parts: ForwardingParts): Promise<Forwarding> {
  const { options, files, context, alerting, emit } = parts;
  const { target: url, concurrency, timeout, keepPath } = options;
  const notices = forwardingNotices(url, context, emit);
  const trouble = (error: unknown) => notices.trouble('handing over', error);
  const engine = await openEngine({ ...parts, trouble });
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const announcement = await announceForwarding(options, files, context, warn);
  const sender = createSender({ timeout, connections: concurrency, insecure: false });
  const forwarder = startForwarder({
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
      if (news.kind === 'trouble') notices.trouble('forwarding', news.error);
      else notices.tell(news);
      announcement.tell(news);
      alerting?.tell(news, url);
    },
  });
  alerting?.watchQueue(engine.oldest);
  return {
    wake: engine.wake,
    async caughtUp() {
      const end = performance.now() + closingPatience;
      while (forwarder.state().openSince === null && performance.now() < end) {
        // When nothing can be known of them, there is nothing to wait for.
        if (!(await engine.hasUntried().catch(() => false))) return;
        await realClock.wait(catchUpEvery, undefined);
      }
    },
    async close() {
      await Promise.all([engine.stop(), forwarder.close(closingPatience)]);
      await sender.close();
      await announcement.withdraw();
      await engine.close();
      notices.close();
    },
  };
}
