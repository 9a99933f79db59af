import { realClock } from '../../call/clock.js';
import type { Credentials } from '../../call/plan-call.js';
import { createSender } from '../../call/send.js';
import type { CommandContext } from '../../cli/command.js';
import { startForwarder } from '../../queue/forwarder.js';
import { createStoreQueue } from '../../queue/store-queue.js';
import { openDeliveryDesk } from '../../store/delivery-desk.js';
import type { StoreFiles } from '../../store/folder.js';
import type { Recorder } from '../../store/recorder.js';
import { type ForwardingNotice, forwardingNotices } from './notices.js';
import { destinationOf, type ForwardingOptions } from './options.js';

/** Forwards what is recorded, until it is closed. */
export interface Forwarding {
  /** A call was recorded just now. */
  wake(): void;
  /** Lets what is at the handler finish; the rest stays in the queue. */
  close(): Promise<void>;
}

export interface ForwardingParts {
  readonly options: ForwardingOptions;
  /** What `same` stands for in the options, now. */
  readonly listenerCredentials: () => Credentials | undefined;
  readonly files: StoreFiles;
  readonly recorder: Recorder;
  readonly context: CommandContext;
  readonly emit: (notice: ForwardingNotice) => void;
}

export function startForwarding(parts: ForwardingParts): Forwarding {
  const { options, files, recorder, context } = parts;
  const { host } = context;
  const { target: url, concurrency, timeout, keepPath } = options;
  const destination = destinationOf(options);
  const desk = openDeliveryDesk(files, host.now);
  const queue = createStoreQueue({
    log: recorder,
    destination,
    counts: () => desk.counts(destination),
    worker: workerName(host),
    lives: (worker) => host.processLives(Number.parseInt(worker, 10)),
    now: host.now,
  });
  const notices = forwardingNotices(url, context, parts.emit);
  const sender = createSender({ timeout, connections: concurrency, insecure: false });
  const forwarder = startForwarder({
    queue,
    sender,
    target: {
      url,
      keepPath,
      get credentials() {
        const { credentials } = options;
        return credentials === 'same' ? parts.listenerCredentials() : credentials;
      },
    },
    options: {
      ...options,
      filter: { all: options.all, events: options.filter },
    },
    clock: realClock,
    now: host.now,
    random: Math.random,
    emit: notices.tell,
  });
  return {
    wake: () => queue.wake(),
    async close() {
      await forwarder.close();
      await sender.close();
      await queue.close();
      await desk.close();
      notices.close();
    },
  };
}

/** The process comes first, so that whoever shares the store can see whether it still lives. */
function workerName({ pid, randomBytes }: CommandContext['host']): string {
  return `${pid}.${Buffer.from(randomBytes(6)).toString('hex')}`;
}
