import { join } from 'node:path';
import { expect } from 'vitest';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import type { Handler } from './handler.js';
import { call, formHeaders } from './http.js';
import { markedBody } from './load.js';
import { type Child, runTool } from './process.js';
import { filesIn } from './store.js';
import { temporaryFolder } from './temporary-folder.js';

export const newStore = () => join(temporaryFolder(), 'store');

export const orders = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);

export async function post(url: string, marks: readonly string[]): Promise<void> {
  await Promise.all(
    marks.map(async (mark) => {
      const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
      expect(status).toBe(200);
    }),
  );
}

export async function end(...children: readonly Child[]): Promise<void> {
  for (const { pid } of children) process.kill(pid, 'SIGTERM');
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(children.map(() => 0));
}

/** How many calls of a store are in each state. Not asked without a pause: the processes need the time. */
export async function statesOf(store: string, url: string, queue: string) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const admin = openStoreQueueAdmin(filesIn(store), Date.now);
  const { states } = await admin.counts({ url, queue });
  await admin.close();
  return Object.fromEntries(Object.entries(states).filter(([, count]) => count > 0));
}

export const isDelivered =
  (store: string, handler: Handler, queue: string, count: number) => async () =>
    (await statesOf(store, handler.url, queue)).delivered === count;

export const isHandedOver =
  (store: string, handler: Handler, queue: string, count: number) => async () =>
    (await statesOf(store, handler.url, queue))['handed over'] === count;

export function takenTwice({ taken }: Handler): string[] {
  return [...taken].filter(([, each]) => each.length > 1).map(([mark]) => mark);
}

export async function history(store: string, ...words: readonly string[]) {
  const { out } = await runTool(['history', 'list', '--json', '--store', store, ...words]);
  return out.split('\n').filter(Boolean).length;
}
