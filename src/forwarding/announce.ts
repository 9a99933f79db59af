import { outcomeSentence } from '../call/outcome-sentence.js';
import type { CommandContext } from '../cli/command.js';
import { plainReason } from '../problems/translate.js';
import type { ForwarderNews } from '../queue/forwarder.js';
import type { StoreFiles } from '../store/folder.js';
import { type AnnouncedWorker, announceWorker, findWorkers } from '../store/presence.js';
import { destinationOf, type ForwardingOptions } from './options.js';

/** The note by which `status` finds a process that forwards. */
interface Announcement {
  report(news: ForwarderNews): void;
  withdraw(): Promise<void>;
}

/** A note that cannot be written does not prevent forwarding. */
export async function announceForwarding(
  options: ForwardingOptions,
  files: StoreFiles,
  { host }: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Announcement> {
  const { url, queue } = destinationOf(options);
  // On Redis, several workers keep the order together.
  if (options.ordered && queue === '') {
    const workers = await findWorkers(files.folder, host);
    const other = workers.find((worker) => worker.to === url && worker.queue === '');
    if (other) {
      const message = `Process ${other.pid} also forwards to ${url}, so --ordered cannot keep the order of calls.`;
      warn('order_not_kept', message);
    }
  }
  const presence = {
    pid: host.pid,
    to: url,
    queue,
    started: host.now(),
    ordered: options.ordered,
    breaker: { state: 'closed', since: null, reason: null },
  } as const;
  let worker: AnnouncedWorker | undefined;
  try {
    worker = await announceWorker(files.folder, presence, host);
  } catch (error) {
    const message = `netcore-hook status cannot show this worker: ${plainReason(error)}`;
    warn('worker_not_announced', message);
  }
  return {
    report(news) {
      if (news.kind === 'breaker_opened') {
        const reason = outcomeSentence(news.attempt);
        void worker?.update({ state: 'open', since: news.time, reason });
      } else if (news.kind === 'breaker_closed') {
        void worker?.update(presence.breaker);
      }
    },
    withdraw: async () => worker?.withdraw(),
  };
}
