import { setMaxListeners } from 'node:events';
import type { Capture, ReceivedCall } from '../../src/call/call.js';
import type { Clock } from '../../src/call/clock.js';
import { type DeliveryAttempt, deliveryStates } from '../../src/call/delivery.js';
import type { EventSummary } from '../../src/payload/payload.js';
import type { Decision, Deliver, Queue, WorkOptions } from '../../src/queue/queue.js';
import { plainCall } from './store.js';

/** A queue that keeps what `Queue` promises for one worker, for as long as the test runs. */
export interface MemoryQueue extends Queue {
  /** Queues a call, and returns what can be seen of it. */
  add(call?: Partial<ReceivedCall>, events?: readonly EventSummary[]): MemoryEntry;
  readonly entries: readonly MemoryEntry[];
  /** How often all delayed calls were made due. */
  readonly hurried: number;
  /** How many calls may be given out at a time now. */
  readonly allowed: number;
}

interface MemoryEntry {
  readonly id: string;
  readonly state: Decision['state'] | 'active';
  readonly due: number;
  readonly attempts: readonly DeliveryAttempt[];
}

interface Entry extends MemoryEntry {
  state: Decision['state'] | 'active';
  due: number;
  readonly attempts: DeliveryAttempt[];
  readonly capture: Capture;
  readonly events: readonly EventSummary[] | undefined;
  readonly queued: number;
}

export function createMemoryQueue(clock: Clock): MemoryQueue {
  const entries: Entry[] = [];
  /** Every entry before this one has been tried. */
  let untried = 0;
  const delayed = new Set<Entry>();
  let hurried = 0;
  let allowed = 0;
  let wake = () => {};

  return {
    entries,
    get hurried() {
      return hurried;
    },
    get allowed() {
      return allowed;
    },
    add(call = {}, events) {
      const id = String(entries.length + 1).padStart(16, '0');
      const capture = { ...plainCall, ...call, id };
      const entry: Entry = {
        id,
        capture,
        events,
        state: 'waiting',
        queued: clock.now(),
        due: 0,
        attempts: [],
      };
      entries.push(entry);
      wake();
      return entry;
    },
    work(deliver: Deliver, { slots }: WorkOptions) {
      const closing = new AbortController();
      setMaxListeners(0, closing.signal);
      const active = new Set<Promise<void>>();
      let triedLast = false;
      allowed = slots;

      const next = (): Entry | undefined => {
        const due = [...delayed].find(({ due: at }) => at <= clock.now());
        while (entries[untried] && entries[untried]?.state !== 'waiting') untried += 1;
        const fresh = entries[untried];
        return triedLast ? (fresh ?? due) : (due ?? fresh);
      };
      const give = async (entry: Entry): Promise<void> => {
        triedLast = entry.state === 'delayed';
        entry.state = 'active';
        delayed.delete(entry);
        const { capture, events, queued, attempts } = entry;
        const decision = await deliver({
          capture,
          events,
          queued,
          waitedMs: clock.now() - queued,
          tries: attempts.length,
        });
        entry.state = decision.state;
        if (decision.state === 'waiting' && attempts.length > 0) entry.state = 'delayed';
        if (entry.state === 'delayed') delayed.add(entry);
        if (entry.state === 'waiting') untried = Math.min(untried, entries.indexOf(entry));
        if ('attempt' in decision && decision.attempt) attempts.push(decision.attempt);
        if (decision.state !== 'delayed') return;
        entry.due = decision.due;
        void clock.wait(decision.due - clock.now(), closing.signal).then(() => wake());
      };
      wake = () => {
        while (!closing.signal.aborted && active.size < allowed) {
          const entry = next();
          if (entry === undefined) return;
          const run = give(entry).then(() => {
            active.delete(run);
            wake();
          });
          active.add(run);
        }
      };
      queueMicrotask(wake);
      return {
        allow(count) {
          allowed = count;
          wake();
        },
        async hurry() {
          hurried += 1;
          for (const entry of entries) entry.due = Math.min(entry.due, clock.now());
          wake();
        },
        async revive(captures) {
          for (const entry of entries.filter(({ id }) => captures.includes(id))) {
            if (entry.state !== 'dead') continue;
            entry.state = 'delayed';
            entry.due = clock.now();
            delayed.add(entry);
          }
          wake();
        },
        async close(graceMs) {
          closing.abort();
          await Promise.race([Promise.all(active), clock.wait(graceMs, undefined)]);
        },
      };
    },
    pausedSince: async () => null,
    async counts() {
      const states = Object.fromEntries(
        deliveryStates.map((state) => [
          state,
          entries.filter((entry) => entry.state === state).length,
        ]),
      ) as Record<(typeof deliveryStates)[number], number>;
      const open = entries.filter(({ state }) => ['waiting', 'delayed', 'active'].includes(state));
      return { states, oldest: open[0]?.queued ?? null, paused: null };
    },
    async close() {},
  };
}
