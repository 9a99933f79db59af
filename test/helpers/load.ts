import { Agent, request } from 'node:http';
import { runTool } from './process.js';

/** Clients that post one call after the other, each with a mark of its own in the body. */
export interface Load {
  /** How its marks begin. */
  readonly name: string;
  /** The marks of the calls that were answered 200. */
  readonly acknowledged: ReadonlySet<string>;
  /** How the others ended: a status, or the error's code. */
  readonly failures: readonly string[];
  /** Of the acknowledged ones, in milliseconds. */
  readonly latencies: readonly number[];
  /** Resolves once so many calls were answered 200. */
  reached(count: number): Promise<void>;
  /** Lets each client finish its call. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly clients: number;
  /** Whether a client goes on when a call of its fails. */
  readonly stubborn?: boolean;
  /** Bytes added to each event. */
  readonly padding?: number;
}

let loads = 0;

export function startLoad(url: string, options: LoadOptions): Load {
  const { clients, stubborn = false, padding = 0 } = options;
  const acknowledged = new Set<string>();
  const failures: string[] = [];
  const latencies: number[] = [];
  const waiting = new Map<() => void, number>();
  let stopped = false;
  loads += 1;
  const name = `call-${process.pid}-${loads}`;

  const client = async (number: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; !stopped; count += 1) {
      const mark = `${name}-${number}-${count}`;
      const begun = performance.now();
      const outcome = await post(url, markedBody(mark, padding), agent);
      if (outcome === '200') {
        latencies.push(performance.now() - begun);
        acknowledged.add(mark);
        for (const [wake, wanted] of waiting) if (acknowledged.size >= wanted) wake();
      } else {
        failures.push(outcome);
        if (!stubborn) break;
      }
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return {
    name,
    acknowledged,
    failures,
    latencies,
    reached: (count) =>
      Promise.race([
        new Promise<void>((resolve) => {
          if (acknowledged.size >= count) resolve();
          waiting.set(resolve, count);
        }),
        all.then(() => {
          if (acknowledged.size < count) throw new Error(`All failed: ${failures.join(' ')}`);
        }),
      ]),
    async stop() {
      stopped = true;
      await all;
    },
  };
}

export function markedBody(mark: string, padding: number): string {
  const event = {
    channel: 'sms',
    event: 'delivered',
    msgid: mark,
    ...(padding > 0 && { custom_params: { note: 'x'.repeat(padding) } }),
  };
  return `data=${encodeURIComponent(JSON.stringify({ netcore_hook_test: [event] }))}`;
}

/** Posts a form and resolves to the answer's status, or to the code of the error. */
function post(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = request(url, {
      method: 'POST',
      agent,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.on('response', (incoming) => {
      incoming.on('error', () => {});
      incoming.on('close', () => resolve(String(incoming.statusCode)));
      incoming.resume();
    });
    outgoing.end(body);
  });
}

/** A call of a load as the history lists it. */
interface RecordedCall {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly target: string;
  readonly mark: string;
}

/** What a store has recorded, oldest first. */
export async function recordedCalls(store: string): Promise<RecordedCall[]> {
  const words = ['history', 'list', '--json', '--limit', '1000000', '--store', store];
  const { out } = await runTool(words);
  const calls = linesOf<Omit<RecordedCall, 'mark'> & { events: { msgid: string }[] }>(out);
  return calls.map(({ events, ...call }) => ({ ...call, mark: events[0]?.msgid ?? '' })).reverse();
}

/** The bodies that a store has recorded, by id. They are held at once: for loads of some MB. */
export async function recordedBodies(store: string): Promise<Map<string, string>> {
  const { out } = await runTool(['history', 'export', '--store', store]);
  const records = linesOf<{ id: string; body: string }>(out);
  return new Map(records.map(({ id, body }) => [id, Buffer.from(body, 'base64').toString()]));
}

function linesOf<T>(out: string): T[] {
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** What of a load was lost, and what was recorded twice. */
export async function comparedWith(store: string, acknowledged: Iterable<string>) {
  const counts = new Map<string, number>();
  for (const { mark } of await recordedCalls(store)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return {
    lost: [...acknowledged].filter((mark) => !counts.has(mark)).length,
    twice: [...counts.values()].filter((count) => count > 1).length,
  };
}

/** The value below which a share of all lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
