import type { Outlook } from '../alerts/outlook.js';
import { readDisk } from '../alerts/watch-disk.js';
import type { Destination, QueueCounts } from '../call/delivery.js';
import type { CommandContext } from '../cli/command.js';
import { createRegistry, type Registry } from '../metrics/registry.js';
import type { ForwarderNews } from '../queue/forwarder.js';
import type { ReceiverObserver } from '../receiver/call-handling.js';
import type { StoreFiles } from '../store/folder.js';
import { watchStatistics } from '../store/statistics.js';
import type { StoreStatistics } from '../store/statistics-thread.js';
import { readVersion } from '../version.js';

/** The metrics of `listen` and `queue work`. */
export interface Metrics {
  /** Counts calls. */
  observing(observer: ReceiverObserver): ReceiverObserver;
  /** Counts attempts. */
  report(news: ForwarderNews, to: URL): void;
  /** Reads the queue on Redis; the store's own queue is read with the store. */
  watchQueue(queue: WatchedQueue): void;
  /** Reads the store. Call it once the store is open. */
  watchStore(): void;
  /** For Prometheus. */
  text(): string;
  close(): Promise<void>;
}

export interface WatchedQueue {
  readonly destination: Destination;
  readonly counts: () => Promise<QueueCounts>;
}

const readEveryMs = 10_000;
/** In seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `outlook`: until when no call is lost. */
export function createMetrics(
  files: StoreFiles,
  { host }: CommandContext,
  outlook: () => Outlook,
): Metrics {
  const registry = createRegistry();
  const families = describeMetrics(registry);
  const closing: (() => unknown)[] = [];
  /** By target and queue. */
  const queues = new Map<string, Destination & QueueCounts>();

  families.build.set({ version: readVersion() }, 1);
  families.started.set({}, host.now() / 1000);
  // A rate needs the value before the first call.
  families.calls.add({ status: '200' }, 0);
  registry.onText(() => {
    setQueues(families, [...queues.values()], host.now());
    families.safe.clear();
    const { firstGiveUp, diskFull } = outlook();
    const ends = [firstGiveUp, diskFull].flatMap((end) => end ?? []);
    if (ends.length > 0) families.safe.set({}, Math.max(0, Math.min(...ends) - host.now()) / 1000);
  });

  const takeStatistics = ({ bytes, queues: read, events, webhooks }: StoreStatistics) => {
    families.storeBytes.set({}, bytes);
    for (const [key, { queue }] of queues) if (queue === '') queues.delete(key);
    for (const { target: url, name: _, ...counts } of read) {
      // Redis itself is asked for the calls that it has.
      if (counts.queue === '') queues.set(queueKey(url, ''), { url, ...counts });
    }
    for (const [channel, activity, count] of events) {
      families.events.add({ channel, activity }, count);
    }
    for (const { panel, webhook, time } of webhooks) {
      families.lastCall.set({ panel, webhook: webhook ?? '' }, time / 1000);
    }
  };

  const readDiskSpace = async () => {
    const space = await readDisk(files.folder);
    if (space === undefined) return;
    families.diskFree.set({}, space.free);
    families.diskSize.set({}, space.total);
  };

  const every = (read: () => Promise<void>) => {
    const run = () => void read().catch(() => {});
    run();
    const timer = setInterval(run, readEveryMs);
    closing.push(() => clearInterval(timer));
  };

  return {
    observing(observer) {
      return {
        captured(capture) {
          observer.captured(capture);
          families.calls.add({ status: String(capture.status) });
          families.answerTime.observe({}, Math.max(0, host.now() - capture.time) / 1000);
        },
        refused(refusal) {
          observer.refused(refusal);
          families.refused.add({ reason: refusal.code, status: String(refusal.status) });
        },
        failed: (error) => observer.failed(error),
      };
    },
    report(news, to) {
      reportNews(families, news, to.href);
    },
    watchQueue({ destination, counts }) {
      families.breaker.set({ target: destination.url }, 0);
      if (destination.queue === '') return;
      every(async () => {
        const { url, queue } = destination;
        queues.set(queueKey(url, queue), { ...destination, ...(await counts()) });
      });
    },
    watchStore() {
      closing.push(watchStatistics(files, readEveryMs, takeStatistics));
      every(readDiskSpace);
    },
    text: () => registry.text(),
    async close() {
      await Promise.all(closing.map((close) => close()));
    },
  };
}

type Families = ReturnType<typeof describeMetrics>;

/** Every metric, in the order of the text. */
export function describeMetrics(registry: Registry) {
  const prefix = 'netcore_hook_';
  return {
    build: registry.gauge({
      name: `${prefix}build_info`,
      help: 'The version of netcore-hook.',
      labels: ['version'],
    }),
    started: registry.gauge({
      name: `${prefix}start_time_seconds`,
      help: 'When the process started, as a Unix time.',
      labels: [],
    }),
    calls: registry.counter({
      name: `${prefix}calls_total`,
      help: 'Recorded calls by the status of the answer.',
      labels: ['status'],
    }),
    refused: registry.counter({
      name: `${prefix}refused_calls_total`,
      help: 'Refused calls by reason and status of the answer.',
      labels: ['reason', 'status'],
    }),
    answerTime: registry.histogram({
      name: `${prefix}answer_seconds`,
      help: 'Time from the request to the answer of recorded calls.',
      labels: [],
      bounds,
    }),
    events: registry.counter({
      name: `${prefix}events_total`,
      help: 'Events recorded in the store since the start, by channel and activity.',
      labels: ['channel', 'activity'],
    }),
    lastCall: registry.gauge({
      name: `${prefix}last_call_timestamp_seconds`,
      help: 'When a webhook last called, as a Unix time, by panel and label.',
      labels: ['panel', 'webhook'],
    }),
    attempts: registry.counter({
      name: `${prefix}attempts_total`,
      help: 'Attempts at the handler by the state of the call afterwards.',
      labels: ['target', 'state'],
    }),
    handlerTime: registry.histogram({
      name: `${prefix}handler_seconds`,
      help: 'Time of an attempt at the handler.',
      labels: ['target'],
      bounds,
    }),
    breaker: registry.gauge({
      name: `${prefix}breaker_open`,
      help: 'Whether the handler fails, so that calls wait: 1 or 0.',
      labels: ['target'],
    }),
    queue: registry.gauge({
      name: `${prefix}queue_calls`,
      help: 'Calls of the queue by state. The queue is empty for the store itself.',
      labels: ['target', 'queue', 'state'],
    }),
    oldest: registry.gauge({
      name: `${prefix}queue_oldest_seconds`,
      help: 'The age of the oldest unfinished call of the queue.',
      labels: ['target', 'queue'],
    }),
    paused: registry.gauge({
      name: `${prefix}queue_paused`,
      help: 'Whether forwarding is paused: 1 or 0.',
      labels: ['target', 'queue'],
    }),
    safe: registry.gauge({
      name: `${prefix}safe_seconds`,
      help: 'Time until the first waiting call is given up or the disk is full; absent when neither is foreseeable.',
      labels: [],
    }),
    storeBytes: registry.gauge({
      name: `${prefix}store_bytes`,
      help: "The size of the store's files.",
      labels: [],
    }),
    diskFree: registry.gauge({
      name: `${prefix}disk_free_bytes`,
      help: "Free space on the store's disk.",
      labels: [],
    }),
    diskSize: registry.gauge({
      name: `${prefix}disk_size_bytes`,
      help: "The size of the store's disk.",
      labels: [],
    }),
  };
}

function reportNews(
  { attempts, handlerTime, breaker }: Families,
  news: ForwarderNews,
  target: string,
): void {
  switch (news.kind) {
    case 'attempt':
      attempts.add({ target, state: news.fate.kind });
      handlerTime.observe({ target }, news.attempt.ms / 1000);
      return;
    case 'breaker_opened':
      breaker.set({ target }, 1);
      return;
    case 'breaker_closed':
      breaker.set({ target }, 0);
      return;
    default:
      return;
  }
}

/** States without calls are 0, so that alert rules can compare them. */
function setQueues(
  { queue: calls, oldest: age, paused: isPaused }: Families,
  queues: readonly (Destination & QueueCounts)[],
  now: number,
): void {
  for (const family of [calls, age, isPaused]) family.clear();
  for (const { url: target, queue, states, oldest, paused } of queues) {
    for (const [state, count] of Object.entries(states)) {
      calls.set({ target, queue, state: state.replace(' ', '_') }, count);
    }
    age.set({ target, queue }, oldest === null ? 0 : Math.max(0, now - oldest) / 1000);
    isPaused.set({ target, queue }, paused === null ? 0 : 1);
  }
}

function queueKey(url: string, queue: string): string {
  return JSON.stringify([url, queue]);
}
