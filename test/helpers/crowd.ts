import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { explainRepeats, type Fault, type Repeats } from '../soak/repeats.js';
import { type Behaviour, makeHandler } from './handler.js';
import { type Load, recordedCalls, startLoad } from './load.js';
import { type Child, type ListeningChild, runTool, spawnListener, spawnWorker } from './process.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** Several processes that share one store, and what they do in a random but repeatable order. */
export interface CrowdOptions {
  /** The same seed takes the same steps. */
  readonly seed: number;
  readonly steps: number;
  /** Programs that start a process: in a PID namespace of its own, with another clock. */
  readonly surroundings: readonly (readonly string[])[];
  /** Milliseconds that a process may be paused at most. */
  readonly maxPauseMs: number;
  /** What `--keep` is chosen from. */
  readonly limits: readonly number[];
}

export interface CrowdReport {
  /** Every step taken, to read when something is wrong. */
  readonly steps: readonly string[];
  readonly acknowledged: number;
  readonly undelivered: readonly string[];
  readonly repeats: Repeats;
  readonly recordedTwice: number;
  /** The ids that the limits say are kept, and those that were kept. */
  readonly expectedIds: readonly string[];
  readonly keptIds: readonly string[];
  /** Commands that did not end with 0, with what they said. */
  readonly failures: readonly string[];
}

const namespace = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** A PID namespace of its own, clocks that differ by ten minutes, and both. They need root. */
export const surroundings: readonly (readonly string[])[] = [
  [],
  namespace,
  ['faketime', '-f', '+600s'],
  [...namespace, 'faketime', '-f', '-600s'],
];

/** The seed of this run. NETCORE_HOOK_SEED repeats one that failed: its number stands in the test's name. */
export const seed = Number(process.env.NETCORE_HOOK_SEED ?? Math.floor(Math.random() * 1e9));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Member {
  readonly child: Child;
  /** Undefined: a worker. */
  readonly load: Load | undefined;
}

const maxMembers = 4;

export async function runCrowd(options: CrowdOptions): Promise<CrowdReport> {
  const random = seededRandom(options.seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const store = join(temporaryFolder(), 'store');
  const handler = await makeHandler();
  await handler.start();
  const foreign = await foreignRecords();

  const members: Member[] = [];
  const steps: string[] = [];
  const failures: string[] = [];
  const faults: Fault[] = [];
  const acknowledged = new Set<string>();
  const keep = Math.min(...options.limits);
  const forwarding = ['--forward-to', handler.url, '--forward-timeout', '2s'];

  const listen = async (limit: number, through: readonly string[]) => {
    const words = [...forwarding, '--keep', String(limit)];
    const child = await spawnListener(words, { store, through });
    members.push({ child, load: startLoad(child.url, { clients: 2, padding: 200 }) });
  };
  const work = async (through: readonly string[]) => {
    members.push({ child: await spawnWorker(forwarding, { store, through }), load: undefined });
  };
  const settle = async ({ child, load }: Member) => {
    await Promise.all([child.ended, load?.stop()]);
    for (const mark of load?.acknowledged ?? []) acknowledged.add(mark);
  };
  const leave = (): Member => members.splice(Math.floor(random() * members.length), 1)[0] as Member;
  const command = async (...words: string[]) => {
    const { exit, err } = await runTool([...words, '--store', store]);
    // `status` says what is not well, too.
    if (exit !== 0 && words[0] !== 'status') failures.push(`${words.join(' ')}: ${exit} ${err}`);
  };
  /** Until some more calls were answered, by whichever listener runs. */
  const flow = async () => {
    const loads = members.flatMap(({ load }) => load ?? []);
    if (loads.length === 0) return;
    const wanted = 20 + Math.floor(random() * 60);
    await Promise.race(
      loads.map((load) => load.reached(load.acknowledged.size + wanted).catch(() => {})),
    );
  };

  const actions: Record<string, () => Promise<void>> = {
    async join() {
      if (members.length >= maxMembers) return;
      const through = pick(options.surroundings);
      if (random() < 0.7) await listen(pick(options.limits), through);
      else await work(through);
    },
    async stop() {
      const member = leave();
      await member.load?.stop();
      signal(member.child, 'SIGTERM');
      await settle(member);
    },
    async kill() {
      const member = leave();
      const time = Date.now();
      faults.push({ from: time, to: time });
      signal(member.child, 'SIGKILL');
      await settle(member);
    },
    async pause() {
      const { child } = pick(members);
      const from = Date.now();
      const ms = Math.floor(random() * options.maxPauseMs);
      signal(child, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      signal(child, 'SIGCONT');
      // A shorter pause than the lease explains nothing.
      if (ms > 40_000) faults.push({ from, to: Date.now() });
    },
    prune: () => command('history', 'prune', '--keep', String(pick(options.limits)), '--yes'),
    import: () => command('history', 'import', foreign),
    export: () => command('history', 'export'),
    list: () => command('history', 'list', '-e', 'delivered', '--limit', '500'),
    status: () => command('status'),
    queue: () => command('queue', 'list'),
    handler: () => handler.behave(pick(behaviours)),
  };
  const names = Object.keys(actions);

  await listen(keep, []);
  for (let step = 0; step < options.steps; step += 1) {
    const name = members.some(({ load }) => load) ? pick(names) : 'join';
    steps.push(name);
    if (members.length > 0 || name === 'join') await actions[name]?.();
    await flow();
  }

  await handler.behave({ kind: 'take' });
  for (const { load } of members) await load?.stop();
  for (const member of members.splice(0)) {
    signal(member.child, 'SIGTERM');
    await settle(member);
  }
  const last = await spawnListener([...forwarding, '--keep', String(keep)], { store });
  const undelivered = () => [...acknowledged].filter((mark) => !handler.taken.has(mark));
  await handler
    .until(() => undelivered().length === 0, 'all are delivered', 150_000)
    .catch(() => {});
  const before = await tidied(store, keep);
  const more = startLoad(last.url, { clients: 1 });
  await more.reached(10);
  await more.stop();
  await handler.until(
    () => [...more.acknowledged].every((mark) => handler.taken.has(mark)),
    'more',
  );
  const after = await tidied(store, keep);
  signal(last, 'SIGTERM');
  await last.ended;
  const marks = after.map(({ mark }) => mark);
  const newest = after.filter(({ mark }) => more.acknowledged.has(mark)).map(({ id }) => id);
  return {
    steps,
    acknowledged: acknowledged.size,
    undelivered: undelivered(),
    repeats: explainRepeats(handler, faults),
    recordedTwice: marks.length - new Set(marks).size,
    expectedIds: [...before.map(({ id }) => id), ...newest].slice(-keep),
    keptIds: after.map(({ id }) => id),
    failures,
  };
}

const behaviours: readonly Behaviour[] = [
  { kind: 'take' },
  { kind: 'take' },
  { kind: 'slow', ms: 20 },
  { kind: 'fail', status: 500 },
  { kind: 'fail', status: 429, retryAfter: 1 },
];

/** What is recorded when a tidy pass has left as many as are to be kept. */
async function tidied(store: string, keep: number) {
  let calls = await recordedCalls(store);
  await until(
    async () => {
      calls = await recordedCalls(store);
      return calls.length <= keep;
    },
    'the store is tidied',
    60_000,
  );
  return calls;
}

/** Records of another store, as `history export` writes them: twenty calls of some days ago. */
async function foreignRecords(): Promise<string> {
  const other = await spawnListener();
  const load = startLoad(other.url, { clients: 1 });
  await load.reached(20);
  await load.stop();
  signal(other, 'SIGTERM');
  await other.ended;
  const file = join(temporaryFolder(), 'records.jsonl');
  const { out } = await runTool(['history', 'export', '--store', other.store]);
  writeFileSync(file, out);
  return file;
}

/** To the tool itself, whatever program has started it. */
function signal(child: Child | ListeningChild, name: NodeJS.Signals): void {
  process.kill(innermost(child.pid), name);
}

function innermost(pid: number): number {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
  return first ? innermost(Number(first)) : pid;
}

/** Fails unless everything holds that processes on one store promise. */
export function expectPromisesKept(report: CrowdReport, kept: number): void {
  const { undelivered, repeats, recordedTwice, expectedIds, keptIds, failures } = report;
  expect({ undelivered, unexplained: repeats.unexplained, otherIds: repeats.otherIds }).toEqual({
    undelivered: [],
    unexplained: [],
    otherIds: [],
  });
  expect(recordedTwice).toBe(0);
  expect(keptIds).toEqual(expectedIds);
  expect(keptIds).toHaveLength(kept);
  expect(failures).toEqual([]);
}
