import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Sender } from '../../src/call/attempt.js';
import { createSender } from '../../src/call/send.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import {
  type ForwarderNews,
  type ForwarderOptions,
  startForwarder,
} from '../../src/queue/forwarder.js';
import { createFakeClock } from './fake-clock.js';
import { createMemoryQueue } from './memory-queue.js';
import { serve } from './servers.js';

export const defaults: ForwarderOptions = {
  filter: { all: false, events: anyEvent },
  concurrency: 4,
  rate: undefined,
  ordered: false,
  attempts: undefined,
  giveUpAfter: 24 * 3_600_000,
};

export const minute = 60_000;

export interface Setting extends Partial<ForwarderOptions> {
  readonly timeout?: number;
  /** Sends instead of the real sender. */
  readonly sender?: Sender;
  readonly random?: () => number;
  /** How many calls are queued at the beginning. */
  readonly calls?: number;
}

/** A forwarder of a queue in memory, whose time passes when nothing is at the handler. */
export function forward(url: URL, setting: Setting = {}) {
  const { timeout = 5_000, random = () => 0.5, calls = 0, ...options } = setting;
  const clock = createFakeClock();
  const queue = createMemoryQueue(clock);
  const begun = clock.now();
  for (let count = 0; count < calls; count += 1) queue.add();
  const real = setting.sender ?? createSender({ timeout, connections: 8, insecure: false });
  let atHandler = 0;
  const sender: Sender = {
    async send(call, most) {
      atHandler += 1;
      const attempt = await real.send(call, most);
      atHandler -= 1;
      return attempt;
    },
    close: () => real.close(),
  };
  const news: ForwarderNews[] = [];
  const forwarder = startForwarder({
    queue,
    sender,
    target: { url, keepPath: false, credentials: undefined },
    options: { ...defaults, ...options },
    clock,
    now: clock.now,
    random,
    emit: (each) => news.push(each),
  });
  onTestFinished(async () => {
    const closed = forwarder.close(0);
    await real.close();
    await closed;
  });
  const until = (done: () => boolean) => clock.until(done, () => atHandler > 0);
  return {
    clock,
    queue,
    news,
    forwarder,
    sender,
    until,
    atHandler: () => atHandler,
    seconds: () => (clock.now() - begun) / 1000,
    states: () => queue.entries.map(({ state }) => state),
    allAre: (...wanted: string[]) =>
      until(() => queue.entries.every(({ state }) => wanted.includes(state))),
    told: (kind: ForwarderNews['kind']) => news.filter((each) => each.kind === kind),
  };
}

export interface Seen {
  readonly id: string;
  readonly attempt: number;
}

/** A handler with the given answers, and the calls that it has seen. */
export async function handler(
  answer: (seen: Seen, ...args: Parameters<RequestListener>) => void,
): Promise<{ url: URL; seen: Seen[] }> {
  const seen: Seen[] = [];
  const url = await serve((request, response) => {
    const id = String(request.headers['x-netcore-hook-id']);
    const each = { id, attempt: Number(request.headers['x-netcore-hook-attempt']) };
    seen.push(each);
    request.resume().on('end', () => answer(each, request, response));
  });
  return { url, seen };
}

/** Answers each try in turn; the last answer stays. */
export function answering(...statuses: readonly number[]) {
  return handler(({ attempt }, _request, response) => {
    response.writeHead(statuses[Math.min(attempt, statuses.length) - 1]!).end('Well…');
  });
}
