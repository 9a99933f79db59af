import { fstatSync, lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { realClock } from '../../call/clock.js';
import { createSender } from '../../call/send.js';
import type { OutputStream, StopSignal } from '../../host.js';
import { awaitEndpoint } from '../../readiness/await-endpoint.js';
import { withoutTls } from '../../readiness/checks/tcp.js';
import { connect } from '../../readiness/connect.js';
import { createFindingLedger, isDown } from '../../readiness/finding-ledger.js';
import { createProbe } from '../../readiness/probe.js';
import { storeFilesIfAny } from '../../store/folder.js';
import { createEchoFilter } from './echo-filter.js';
import { endpointOf } from './endpoint-of.js';
import { type RoundPlan, runRound } from './round.js';
import { shortPath } from './short-path.js';
import { createWatchEvents, onEnter, type RoundReason, type WatchEvents } from './watch-events.js';
import { watchFiles, watchReason } from './watch-files.js';

interface Start {
  readonly reason: RoundReason | 'start';
  readonly files: readonly string[];
}

/**
 * Runs a round at once, and another whenever a file changes, Enter is pressed, or an endpoint that was
 * down is back. Resolves to the exit code of the last round, or of a signal that interrupts a round.
 */
export async function runWatch(plan: RoundPlan, paths: readonly string[]): Promise<number> {
  const { options, context, say } = plan;
  const { host } = context;
  const events = createWatchEvents();
  const shown = (path: string) => shortPath(path, host.cwd);
  const echoes = createEchoFilter(realClock.now, (path) =>
    say({ type: 'warning', code: 'change_ignored', message: ignoredText(shown(path)) }),
  );
  const watcher = watchFiles({
    paths,
    ignores: ownOutput(plan),
    changed: (path) => {
      if (echoes.counts(path)) events.changed(path);
    },
    failed: (error) => say({ type: 'warning', code: 'not_watched', message: notWatched(error) }),
  });
  const compare = createFindingLedger();
  let stopReading = () => {};
  let died = false;
  try {
    for (let round = 1, start: Start = { reason: 'start', files: [] }; ; round += 1) {
      const { reason, files } = start;
      const time = new Date(host.now()).toISOString();
      say({ type: 'round', round, time, reason, files: files.map(shown) });
      const waitMs = round === 1 ? options.waitMs : undefined;
      echoes.begin();
      const { results, exit, stoppedBy } = await runRound({
        ...plan,
        options: { ...options, waitMs },
      });
      echoes.end();
      if (stoppedBy) return exit;
      const changes = compare(results);
      if (round > 1) say({ type: 'changes', round, ...changes });
      // A prompt before the first round reads from the terminal, too.
      if (round === 1) stopReading = onEnter(host.stdin, () => events.happened('enter'));
      const dies = results.some(({ findings }) =>
        findings.some(({ code }) => code === 'endpoint_died'),
      );
      // An endpoint that a call stops, and a supervisor starts, would be tested forever.
      const awaitsBack = isDown(results) && !(dies && died && reason === 'back');
      died = dies;
      const enter = host.stdin.isTTY === true;
      say({ type: 'watching', paths: paths.map(shown), enter, down: awaitsBack });
      const next = await waitForNext(plan, events, awaitsBack);
      if (next === undefined) return exit;
      start = next;
    }
  } finally {
    watcher.close();
    stopReading();
  }
}

/** Milliseconds without a change after which a save is over: editors save in several steps. */
const quietMs = 100;
/** Milliseconds in which a server that restarts on changes has gone down. */
const restartMs = 1000;
const pollMs = 50;
const backPollMs = 250;

/** Resolves to the start of the next round; undefined after a stop signal. */
async function waitForNext(
  plan: RoundPlan,
  events: WatchEvents,
  awaitsBack: boolean,
): Promise<Start | undefined> {
  const { host } = plan.context;
  const stop = new AbortController();
  const { signal } = stop;
  const forget = host.onStopSignal((_: StopSignal) => stop.abort());
  const endpoint = reachEndpoint(plan);
  const files = new Set<string>();
  let isAnnounced = false;
  try {
    if (awaitsBack) {
      void endpoint.answers(signal).then((isBack) => {
        if (isBack) events.happened('back');
      });
    }
    for (;;) {
      await events.next(signal);
      if (signal.aborted) return undefined;
      const { reason, paths } = events.take();
      for (const path of paths) files.add(path);
      if (reason === 'enter' || reason === 'back') return { reason, files: [...files] };
      await realClock.wait(quietMs, signal);
      if (events.isPending()) continue;
      await awaitRestart(endpoint, events, signal, () => {
        if (!isAnnounced) plan.say({ type: 'restart' });
        isAnnounced = true;
      });
      if (!events.isPending() && !signal.aborted) return { reason: 'change', files: [...files] };
    }
  } finally {
    stop.abort();
    forget();
    await endpoint.close();
  }
}

type ReachedEndpoint = ReturnType<typeof reachEndpoint>;

/** Waits for a server that goes down after a change; ends early at the next event. */
async function awaitRestart(
  endpoint: ReachedEndpoint,
  events: WatchEvents,
  signal: AbortSignal,
  waits: () => void,
): Promise<void> {
  const end = realClock.now() + restartMs;
  while (realClock.now() < end && !signal.aborted && !events.isPending()) {
    if (await endpoint.isListening(signal)) await realClock.wait(pollMs, signal);
    else {
      waits();
      const done = new AbortController();
      const either = AbortSignal.any([signal, done.signal]);
      await Promise.race([endpoint.answers(either), events.next(either)]);
      return done.abort();
    }
  }
}

function reachEndpoint({ options, context }: RoundPlan) {
  const { timeout, insecure, credentials, url } = options;
  const sender = createSender({ timeout, insecure, connections: 1, keepAlive: false });
  const { signal } = new AbortController();
  const probe = createProbe(endpointOf(options, context), sender, signal);
  return {
    isListening: async (signal: AbortSignal) => {
      const connected = await connect(withoutTls(url), { insecure }, { timeout, signal });
      if (connected.kind === 'open') connected.socket.destroy();
      return connected.kind === 'open' || connected.failure.code !== 'connection_refused';
    },
    answers: (signal: AbortSignal) =>
      awaitEndpoint(() => probe.emptyCallAs(credentials), {
        ...{ maxMs: Number.POSITIVE_INFINITY, pauseMs: backPollMs, signal },
      }),
    close: () => sender.close(),
  };
}

/** What the command writes itself, and the store, to which a listener may write. */
function ownOutput({ options, context }: RoundPlan): (path: string) => boolean {
  const { reports, failures } = options.asked;
  const store = storeFilesIfAny(context.host, context.global)?.folder;
  const folders = [failures, store].filter((each) => each !== undefined);
  const outputs = [context.host.stdout, context.host.stderr].flatMap(inodeOf);
  return (path) =>
    outputs.includes(lstatSync(path, { throwIfNoEntry: false })?.ino ?? -1) ||
    folders.some((folder) => path === folder || path.startsWith(`${folder}${sep}`)) ||
    // Their drafts, too.
    reports.some((report) => path === report || path.startsWith(`${report}.`));
}

/** The file that an output goes to, as in `> results.txt`. */
function inodeOf({ fd }: OutputStream): number[] {
  if (fd === undefined) return [];
  const file = fstatSync(fd);
  return file.isFile() ? [file.ino] : [];
}

function ignoredText(path: string): string {
  return `${path} changes with each run, so these changes start no further run. Watch the source folder only: --watch src`;
}

function notWatched(error: unknown): string {
  return `A new folder cannot be watched: ${watchReason(error)}.`;
}
