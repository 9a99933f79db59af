import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { explainRepeats, type Fault, type Repeats } from '../soak/repeats.js';
import { type Behaviour, makeHandler } from './handler.js';
import { type Load, recordedCalls, startLoad } from './load.js';
import { inNamespace } from './namespace.js';
import {
  type Child,
  type ChildOptions,
  type ListeningChild,
  runTool,
  spawnListener,
  spawnWorker,
} from './process.js';
import { shiftedClock } from './shifted-clock.js';
import { databaseOf, filesIn, fillStore } from './store.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** Several processes that share one store, and what they do in a random but repeatable order. */
export interface CrowdOptions {
  /** The same seed takes the same steps. */
  readonly seed: number;
  readonly steps: number;
  /** How a process may be started: in a PID namespace of its own, with another clock. */
  readonly surroundings: readonly ChildOptions[];
  /** What `--forward-timeout` is. */
  readonly forwardTimeout: string;
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
  /** Deliveries that had to be repeated because a process was paused for longer than its lease. */
  readonly repeatsByPauses: number;
  readonly recordedTwice: number;
  /** The ids that the limits say are kept, and those that were kept. */
  readonly expectedIds: readonly string[];
  readonly keptIds: readonly string[];
  /** Commands that did not end with 0, with what they said. */
  readonly failures: readonly string[];
}

const tenMinutes = 600_000;

/** Clocks that differ by twenty minutes. */
export function clocks(): ChildOptions[] {
  return [{}, shiftedClock(tenMinutes), shiftedClock(-tenMinutes)];
}

/** PID namespaces of their own besides. */
export function clocksAndNamespaces(): ChildOptions[] {
  return [...clocks(), inNamespace(), { ...inNamespace(), ...shiftedClock(-tenMinutes) }];
}

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
  /** The last one. */
  pause?: Fault;
}

const maxMembers = 4;
/** A worker shows every ten seconds that it lives, and has expired when it has not for forty. */
const minFatalPauseMs = 30_000;

export async function runCrowd(options: CrowdOptions): Promise<CrowdReport> {
  const random = seededRandom(options.seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const store = join(temporaryFolder(), 'store');
  const handler = await makeHandler();
  await handler.start();
  let foreign: Promise<string> | undefined;

  const members: Member[] = [];
  const steps: string[] = [];
  const failures: string[] = [];
  const kills: Fault[] = [];
  const pauses: Fault[] = [];
  const acknowledged = new Set<string>();
  const keep = Math.min(...options.limits);
  const forwarding = ['--forward-to', handler.url, '--forward-timeout', options.forwardTimeout];

  const note = (text: string) => steps.push(`${new Date().toISOString()} ${text}`);
  const nameOf = ({ child, load }: Member) => load?.name ?? `worker ${child.pid}`;
  const listen = async (limit: number, started: ChildOptions) => {
    const words = [...forwarding, '--keep', String(limit)];
    const child = await spawnListener(words, { ...started, store });
    const load = startLoad(child.url, { clients: 2, padding: 200 });
    members.push({ child, load });
    note(`${load.name} listens, keeps ${limit}`);
  };
  const work = async (started: ChildOptions) => {
    const member = { child: await spawnWorker(forwarding, { ...started, store }), load: undefined };
    members.push(member);
    note(`${nameOf(member)} works`);
  };
  const settle = async ({ child, load }: Member) => {
    const [exit] = await Promise.all([child.ended, load?.stop()]);
    for (const mark of load?.acknowledged ?? []) acknowledged.add(mark);
    return exit;
  };
  const stop = async (member: Member) => {
    await member.load?.stop();
    signal(member.child, 'SIGTERM');
    const exit = await settle(member);
    if (exit !== 0) failures.push(`${nameOf(member)}: ${exit} ${member.child.err()}`);
  };
  const leave = (how: string): Member => {
    const [member] = members.splice(Math.floor(random() * members.length), 1) as [Member];
    note(`${nameOf(member)} ${how}`);
    return member;
  };
  const command = async (...words: string[]) => {
    note(words.join(' '));
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
      const started = pick(options.surroundings);
      if (random() < 0.7) await listen(pick(options.limits), started);
      else await work(started);
    },
    stop: () => stop(leave('stops')),
    async kill() {
      const member = leave('is killed');
      const from = Date.now();
      signal(member.child, 'SIGKILL');
      await member.child.ended;
      // One that was paused until just now had no time to write down what it had in hand before.
      const { pause } = member;
      const pausedUntilNow = pause !== undefined && from - pause.to < 1_000;
      kills.push({ from: pausedUntilNow ? pause.from : from, to: Date.now() });
      await settle(member);
    },
    async pause() {
      const member = pick(members);
      const from = Date.now();
      const ms = Math.floor(random() * options.maxPauseMs);
      note(`${nameOf(member)} is paused for ${ms} ms`);
      signal(member.child, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      signal(member.child, 'SIGCONT');
      // A shorter pause explains nothing: its lease has not run out.
      member.pause = { from, to: Date.now() };
      if (ms > minFatalPauseMs) pauses.push(member.pause);
    },
    prune: () => command('history', 'prune', '--keep', String(pick(options.limits)), '--yes'),
    async import() {
      foreign ??= foreignRecords();
      await command('history', 'import', await foreign);
    },
    export: () => command('history', 'export'),
    list: () => command('history', 'list', '-e', 'delivered', '--limit', '500'),
    status: () => command('status'),
    queue: () => command('queue', 'list'),
    handler: () => {
      const behaviour = pick(behaviours);
      note(`handler: ${JSON.stringify(behaviour)}`);
      return handler.behave(behaviour);
    },
  };
  const names = Object.keys(actions);

  await listen(keep, {});
  for (let step = 0; step < options.steps; step += 1) {
    const name = members.some(({ load }) => load) ? pick(names) : 'join';
    if (members.length > 0 || name === 'join') await actions[name]?.();
    await flow();
  }

  await handler.behave({ kind: 'take' });
  for (const member of members.splice(0)) await stop(member);
  // A call is due again by the clock of the worker that tried it: by this one, all are.
  const ahead = shiftedClock(2 * tenMinutes);
  const last = await spawnListener([...forwarding, '--keep', String(keep)], { ...ahead, store });
  const undelivered = () => [...acknowledged].filter((mark) => !handler.taken.has(mark));
  const delivered = () =>
    handler.until(() => undelivered().length === 0, 'all are delivered', 150_000).catch(() => {});
  await delivered();
  // Each call that was recorded is forwarded with its id, and more than are kept must be.
  const everRecorded = () => [...new Set(handler.calls.map(({ id }) => id))].sort();
  const more = startLoad(last.url, { clients: 1 });
  await more.reached(Math.max(10, keep + 50 - everRecorded().length));
  await more.stop();
  const isDelivered = () => [...more.acknowledged].every((mark) => handler.taken.has(mark));
  await handler.until(isDelivered, 'the last calls are delivered');
  const kept = databaseOf(filesIn(store)).prepare('select count(*) from captures');
  await until(() => Number(kept.first([])?.[0]) <= keep, 'the store is tidied', 60_000);
  const after = await recordedCalls(store);
  await stop({ child: last, load: more });
  note('ends');
  const repeats = explainRepeats(handler, [...kills, ...pauses]);
  const marks = after.map(({ mark }) => mark);
  return {
    steps,
    acknowledged: acknowledged.size,
    undelivered: undelivered(),
    repeats,
    repeatsByPauses: explainRepeats(handler, kills).unexplained.length - repeats.unexplained.length,
    recordedTwice: marks.length - new Set(marks).size,
    expectedIds: everRecorded().slice(-keep),
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

/** Records of another store, as `history export` writes them: twenty calls of some days ago. */
async function foreignRecords(): Promise<string> {
  const { files } = await fillStore(20, Date.now() - 3 * 24 * 3_600_000);
  const file = join(temporaryFolder(), 'records.jsonl');
  const { out } = await runTool(['history', 'export', '--store', files.folder]);
  writeFileSync(file, out);
  return file;
}

/** To the tool itself, whatever program has started it. */
function signal(child: Child | ListeningChild, name: NodeJS.Signals): void {
  process.kill(innermost(child.pid), name);
}

function innermost(pid: number): number {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return pid;
  const [first] = readFileSync(file, 'utf8').split(' ');
  return first ? innermost(Number(first)) : pid;
}

/** Fails unless everything holds that processes on one store promise. */
export function expectPromisesKept(report: CrowdReport, kept: number): void {
  const { undelivered, repeats, recordedTwice, expectedIds, keptIds, failures } = report;
  const steps = report.steps.join('\n');
  const { unexplained, otherIds } = repeats;
  expect({ undelivered, unexplained, otherIds }, steps).toEqual({
    undelivered: [],
    unexplained: [],
    otherIds: [],
  });
  expect(recordedTwice, steps).toBe(0);
  expect(keptIds, steps).toEqual(expectedIds);
  expect(keptIds).toHaveLength(kept);
  expect(failures, steps).toEqual([]);
}
