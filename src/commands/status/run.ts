import { stat, statfs } from 'node:fs/promises';
import { everyCapture } from '../../call/capture-query.js';
import type { QueueEntry } from '../../call/delivery.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { statusOptions } from '../../cli/options/reading.js';
import { rejectArguments } from '../../cli/reject-arguments.js';
import { reporter } from '../../cli/reporter.js';
import { onStore } from '../../forwarding/store-command.js';
import { captureNotice } from '../../output/capture-notice.js';
import { journalNotice } from '../../output/journal-text.js';
import type {
  CaptureNotice,
  JournalNotice,
  ListenerNotice,
  SilenceNotice,
  StatusNotice,
  WorkerNotice,
} from '../../output/notice.js';
import { queueNotice } from '../../output/queue-notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { Problem } from '../../problems/problem.js';
import { panelsOf } from '../../queue/queue.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { hasDatabase, type StoreFiles, storeFiles } from '../../store/folder.js';
import { openHistory } from '../../store/history.js';
import { readJournal } from '../../store/journal.js';
import {
  askPresence,
  findListeners,
  findWorkers,
  type ListenerPresence,
  type SilencePresence,
  type WorkerPresence,
} from '../../store/presence.js';
import { openStoreQueueAdmin } from '../../store/queue-admin.js';
import { clockNotice } from '../clock-text.js';
import { reachNotice } from '../reach.js';
import { damageText } from '../unreadable.js';
import { type HeldPanels, maxAge, queueProblems, redisProblems } from './queue-problems.js';
import { silenceProblem } from './silence-problem.js';
import { storeProblems } from './store-problems.js';
import { createStatusView } from './view.js';

const maxEntries = 1_000;
/** Further blocked panels are not listed. */
const maxHeld = 5;

/** Reports the health of a store's listeners, workers, queue and files. */
export async function runStatus(
  input: CommandInput<OptionValues<typeof statusOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('status', input.words, () => 'Try: netcore-hook status');
  const emit = reporter<StatusNotice | JournalNotice>(context, await createStatusView(context));
  const files = storeFiles(context.host, context.global);
  const listeners = await Promise.all(
    (await findListeners(files.folder, context.host)).map(listenerNotice),
  );
  const workers = (await findWorkers(files.folder, context.host)).map(workerNotice);
  const bytes = await storeBytes(files);
  const { now } = context.host;
  const { last, unreadable, ...kept } = bytes === null ? noRecord : readRecord(files, now());
  const queues = bytes === null ? [] : await storeQueues(files, context);
  const redis = await redisQueues(input.options.queue);
  const held = bytes === null ? [] : await heldPanels(files, workers, context);
  const free = await freeBytes(files);
  const store = { folder: files.folder, bytes, free, ...kept };
  // A machine may only forward what others receive.
  const forwards = listeners.length === 0 && workers.some(({ queue }) => queue !== null);
  const problems = [
    ...(bytes === null && !forwards ? [`No store exists in ${files.folder}.`] : []),
    ...(listeners.length === 0 && !forwards ? ['No listener runs.'] : []),
    ...listeners.flatMap((listener) => [
      ...listenerProblem(listener),
      ...silenceProblem(listener, now()),
    ]),
    ...[...queueProblems(queues, workers, held, now()), ...storeProblems(store, now())].map(
      (text) => onStore(text, context, files),
    ),
    ...redis.problems,
    ...redisProblems(redis.queues ?? [], redis.workers ?? [], now()),
    ...(unreadable ? [`The newest capture cannot be read: ${damageText}`] : []),
  ];
  const well = problems.length === 0;
  const since = input.options.since?.(now());
  if (since !== undefined && bytes !== null) {
    const entries = readJournal(files, { since, limit: maxEntries });
    for (const entry of entries) emit(journalNotice(entry));
  }
  emit({
    type: 'status',
    well,
    problems,
    listeners,
    workers,
    queues,
    redis: redis.queues,
    redisWorkers: redis.workers,
    last,
    store,
  });
  return well ? exitCodes.done.code : exitCodes.no.code;
}

async function listenerNotice(listener: ListenerPresence): Promise<ListenerNotice> {
  const { pid, url, started, inspector, silence } = listener;
  return {
    pid,
    url,
    started: new Date(started).toISOString(),
    health: await askPresence(listener),
    inspector,
    silence: silence ? silenceNotice(silence) : null,
  };
}

function silenceNotice({ limit, all, webhooks }: SilencePresence): SilenceNotice {
  return {
    limit,
    since: all === null ? null : new Date(all).toISOString(),
    webhooks: webhooks.map(({ since, ...webhook }) => ({
      ...webhook,
      since: new Date(since).toISOString(),
    })),
  };
}

function workerNotice(worker: WorkerPresence): WorkerNotice {
  const { pid, to, queue, started, ordered, breaker } = worker;
  const since = breaker.since === null ? null : new Date(breaker.since).toISOString();
  return {
    pid,
    to,
    queue: queue || null,
    started: new Date(started).toISOString(),
    ordered,
    breaker: { ...breaker, since },
  };
}

async function storeQueues(
  files: StoreFiles,
  { host }: CommandContext,
): Promise<StatusNotice['queues']> {
  const admin = openStoreQueueAdmin(files, host.now);
  try {
    return (await admin.targets()).map((counts) => {
      const { type: _, ...queue } = queueNotice(counts);
      return queue;
    });
  } finally {
    await admin.close();
  }
}

interface RedisQueues {
  readonly queues: StatusNotice['redis'];
  readonly workers: StatusNotice['redisWorkers'];
  readonly problems: readonly string[];
}

/** A server that cannot be asked is a problem, not the end of the command. */
async function redisQueues(url: URL | undefined): Promise<RedisQueues> {
  if (!url) return { queues: null, workers: null, problems: [] };
  const { text } = readRedisAddress(url.href);
  const { openRedisQueueAdmin } = await import('../../queue/redis/redis-admin.js');
  const admin = openRedisQueueAdmin(url.href);
  try {
    const targets = await admin.targets();
    const queues = targets.map((counts) => {
      const { type: _, ...queue } = queueNotice({ ...counts, queue: text });
      return queue;
    });
    const workers = (await admin.workers()).map(({ target: to, started, ...worker }) => ({
      to,
      ...worker,
      started: new Date(started).toISOString(),
    }));
    return { queues, workers, problems: [] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { queues: null, workers: null, problems: [error.message] };
  } finally {
    await admin.close();
  }
}

/** The panels that have been blocked the longest, for workers that keep the order. */
async function heldPanels(
  files: StoreFiles,
  workers: readonly WorkerNotice[],
  { host }: CommandContext,
): Promise<HeldPanels[]> {
  const ordered = workers.filter((worker) => worker.ordered);
  if (ordered.length === 0) return [];
  const admin = openStoreQueueAdmin(files, host.now);
  const history = openHistory(files);
  try {
    const failed: QueueEntry[] = [];
    for (const { to: target, queue } of ordered) {
      const states = [queue === null ? 'delayed' : 'handed over'] as const;
      for await (const entry of admin.list({ ids: [], target, states })) {
        if (entry.tries > 0 && host.now() - entry.queued > maxAge) failed.push(entry);
      }
    }
    failed.sort((one, other) => one.queued - other.queued);
    return failed.slice(0, maxHeld).map((entry) => ({
      entry,
      panels: panelsOf({ capture: history.find(entry.id), events: undefined }),
    }));
  } finally {
    history.close();
    await admin.close();
  }
}

function listenerProblem({ pid, url, health }: ListenerNotice): string[] {
  switch (health) {
    case 'silent':
      return [`The listener on ${url} (pid ${pid}) does not answer.`];
    case 'failing':
      return [`The listener on ${url} (pid ${pid}) cannot record calls.`];
    case 'ok':
    case 'unasked':
      return [];
  }
}

/** The newest capture, and the effects of retention. */
interface Recorded extends Pick<StatusNotice['store'], 'reach' | 'overSize' | 'clock'> {
  readonly last: CaptureNotice | null;
  /** A newer capture than `last` is damaged. */
  readonly unreadable: boolean;
}

const noRecord: Recorded = {
  last: null,
  unreadable: false,
  reach: null,
  overSize: null,
  clock: null,
};

function readRecord(files: StoreFiles, now: number): Recorded {
  const history = openHistory(files);
  try {
    const [newest] = history.captures(everyCapture, 'newest first');
    const { reach, overSize, clock } = history.retention(now);
    return {
      last: newest ? captureNotice(newest, newest) : null,
      unreadable: history.unreadable() > 0,
      reach: reachNotice(reach),
      overSize: overSize ?? null,
      clock: clock ? clockNotice(clock) : null,
    };
  } finally {
    history.close();
  }
}

/** The size of the database and SQLite's files beside it. */
async function storeBytes(files: StoreFiles): Promise<number | null> {
  if (!hasDatabase(files)) return null;
  const sizes = await Promise.all(
    ['', '-wal', '-shm'].map((end) =>
      stat(`${files.database}${end}`).then(
        ({ size }) => size,
        () => null,
      ),
    ),
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

async function freeBytes({ folder }: StoreFiles): Promise<number | null> {
  const disk = await statfs(folder).catch(() => null);
  return disk && disk.bavail * disk.bsize;
}
