import { statSync } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { everyCapture } from '../call/capture-query.js';
import type { TargetCounts } from '../call/delivery.js';
import { listKinds, newestSeq } from './capture-index.js';
import { openDatabase } from './database.js';
import type { StoreFiles } from './folder.js';
import { openHistory } from './history.js';
import { openStoreQueueAdmin } from './queue-admin.js';

/** What a store holds, and what was recorded since the last report. */
export interface StoreStatistics {
  /** Of the database and SQLite's files beside it. */
  readonly bytes: number;
  readonly queues: readonly TargetCounts[];
  /** New events by channel and activity. */
  readonly events: readonly (readonly [channel: string, activity: string, events: number])[];
  /** When these webhooks last called, in milliseconds since 1970. */
  readonly webhooks: readonly WebhookCall[];
}

interface WebhookCall {
  readonly panel: string;
  readonly webhook: string | null;
  readonly time: number;
}

export interface StatisticsSettings {
  readonly files: StoreFiles;
  /** Milliseconds between two reports. */
  readonly everyMs: number;
}

/** Limits the reading of labels for one report: a busy listener records more. */
const maxCalls = 2_000;
const maxReadMs = 500;
const maxWebhooks = 200;
/** The pause after a report, as a multiple of its duration: counting a very long queue takes seconds. */
const pauseFactor = 20;

if (parentPort) report(parentPort, workerData as StatisticsSettings);

/** Reports at once and then regularly. Counting a long queue on the listener's thread would delay answers. */
function report(port: MessagePort, { files, everyMs }: StatisticsSettings): void {
  /** All captures up to this sequence number are counted; undefined before the first report. */
  let countedUpTo: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const work = async (): Promise<void> => {
    const begun = performance.now();
    try {
      const { statistics, newest } = await read(files, countedUpTo);
      countedUpTo = newest;
      port.postMessage(statistics);
    } catch {
      // For example a lock of another process, or a store that is not yet there. The next one reads again.
    }
    if (closed) return;
    timer = setTimeout(work, Math.max(everyMs, pauseFactor * (performance.now() - begun)));
  };

  port.on('message', () => {
    closed = true;
    clearTimeout(timer);
    port.close();
  });
  void work();
}

async function read(
  files: StoreFiles,
  countedUpTo: number | undefined,
): Promise<{ readonly statistics: StoreStatistics; readonly newest: number }> {
  const admin = openStoreQueueAdmin(files, Date.now);
  try {
    const queues = await admin.targets();
    const { newest, events } = countEvents(files, countedUpTo);
    const webhooks = newest === countedUpTo ? [] : lastCalls(files, countedUpTo);
    return { statistics: { bytes: sizeOf(files), queues, events, webhooks }, newest };
  } finally {
    await admin.close();
  }
}

/** The first report counts no events: those before it belong to earlier runs. */
function countEvents(
  { database: path }: StoreFiles,
  countedUpTo: number | undefined,
): { readonly newest: number; readonly events: StoreStatistics['events'] } {
  const database = openDatabase(path);
  try {
    const newest = newestSeq(database);
    if (countedUpTo === undefined || newest === countedUpTo) return { newest, events: [] };
    const count = database.prepare(
      'select count(*) from events where channel = ? and activity = ? and capture > ? and capture <= ?',
    );
    const events = (listKinds(database) ?? []).flatMap(([channel, activity]) => {
      const found = Number(count.first([channel, activity, countedUpTo, newest])?.[0]);
      return found > 0 ? [[channel, activity, found] as const] : [];
    });
    return { newest, events };
  } finally {
    database.close();
  }
}

function lastCalls(files: StoreFiles, after: number | undefined): WebhookCall[] {
  const history = openHistory(files);
  const end = performance.now() + maxReadMs;
  const found = new Map<string, WebhookCall>();
  let calls = 0;
  try {
    const span = after === undefined ? {} : { after };
    for (const capture of history.captures(everyCapture, 'newest first', span)) {
      for (const { panel, webhook = null } of capture.everyEvent('labels')) {
        const key = JSON.stringify([panel, webhook]);
        if (found.has(key) || found.size >= maxWebhooks) continue;
        found.set(key, { panel, webhook, time: capture.time });
      }
      calls += 1;
      if (calls === maxCalls || performance.now() > end) break;
    }
    return [...found.values()];
  } finally {
    history.close();
  }
}

function sizeOf({ database }: StoreFiles): number {
  const sizes = ['', '-wal', '-shm'].map((end) =>
    statSync(`${database}${end}`, { throwIfNoEntry: false }),
  );
  return sizes.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}
