import { rm } from 'node:fs/promises';
import { waitWords } from '../../amounts.js';
import { refuseLoop } from '../../call/refuse-loop.js';
import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { warnOfRedis } from '../../forwarding/look-at-redis.js';
import { destinationOf } from '../../forwarding/options.js';
import { warnOfOtherTargets } from '../../forwarding/other-targets.js';
import type { Forwarding } from '../../forwarding/start.js';
import { startInspectorThread } from '../../inspector/server/start-thread.js';
import { takeInspectorPort } from '../../inspector/server/take-port.js';
import { BoundedOutput } from '../../output/bounded-output.js';
import { jsonLine } from '../../output/json-line.js';
import type { ReadyNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { healthPath } from '../../receiver/admission.js';
import { limits } from '../../receiver/limits.js';
import { createReceiver, type Receiver, type ReceiverOptions } from '../../receiver/receiver.js';
import { replaceFile } from '../../replace-file.js';
import { isDamage } from '../../store/damage.js';
import { storeFiles } from '../../store/folder.js';
import { type Maintenance, startMaintenance } from '../../store/maintenance.js';
import { announceListener, findListeners, type ListenerPresence } from '../../store/presence.js';
import { openLastingRecorder, type Recorder } from '../../store/recorder.js';
import type { Retention } from '../../store/retention.js';
import { alone, setAside } from '../../store/set-aside.js';
import { CallObserver } from './call-observer.js';
import { setAsideText } from './damaged-store.js';
import { checkExposure } from './exposure.js';
import { type ListenInput, type ListenOptions, readListenOptions } from './options.js';
import { storeNewsTeller } from './store-news.js';
import { listenerUrl, takePlace } from './take-place.js';
import { hidingProbes } from './tunnel-options.js';
import { createListenView, type ListenNotice } from './view.js';

/** How long a reader may take for the last lines, in milliseconds. */
const flushTime = 1_000;

/** Receives calls until a signal says stop, or as many came as were asked for. */
export async function runListen(input: ListenInput, context: CommandContext): Promise<number> {
  const { host } = context;
  host.neverWaitForTerminal();
  const missed = (lines: number) => emit({ type: 'missed', lines });
  const stdout = new BoundedOutput(host.stdout, missed);
  const stderr = new BoundedOutput(host.stderr, () => {});
  const view = await createListenView(context);
  const emit: Emit<ListenNotice> = reporter<ListenNotice>(context, view, { stdout, stderr });
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const options = await readListenOptions(input, context, warn);
  const observer = new CallObserver(options, context, emit);
  try {
    await receive(options, observer, context, emit);
  } finally {
    observer.close();
  }
  emit(observer.summary());
  const taken = await Promise.all([stdout.flush(flushTime), stderr.flush(flushTime)]);
  if (taken.includes(false)) host.abandonOutput();
  if (observer.lacking > 0 && options.exitAfter) {
    const { captures: wanted, wait } = options.exitAfter;
    const came = wanted - observer.lacking;
    const waited = wait !== undefined && observer.expired ? timeWords(wait) : undefined;
    throw problem('calls_missing', { came, wanted, waited, instead: observer.missed.words() });
  }
  return exitCodes.done.code;
}

/** Resolves when the listener has stopped, and all that it answered 200 is on disk. */
async function receive(
  options: ListenOptions,
  observer: CallObserver,
  context: CommandContext,
  emit: Emit<ListenNotice>,
): Promise<void> {
  const { host, global } = context;
  const { logins, tls } = options;
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const files = storeFiles(host, global);
  const { alerts } = options;
  const alerting =
    alerts && (await import('../../forwarding/alerting.js')).startAlerting(alerts, context, warn);
  let recorder: Recorder | undefined;
  let forwarding: Forwarding | undefined;
  const receiver = createSoundReceiver({
    rules: {
      allowed: options.allowed,
      trusted: options.trusted,
      authenticate: logins.authenticate,
      otherSites: options.guarded || options.unprotected,
      path: options.path,
      health: options.health,
      maxBody: options.maxBody,
    },
    tls: tls?.keys,
    answer: () => answerStatus(options.fault),
    delay: options.delay,
    connections: limits.connections,
    keepAlive: options.keepAlive,
    now: host.now,
    health: (known) => observer.health(known),
    record: async (call) => {
      const capture = await (recorder ?? unopened()).record(call);
      forwarding?.wake();
      return capture;
    },
    observer: hidingProbes(alerting?.observing(observer) ?? observer, options.tunnel),
  });
  if (options.readyFile) {
    // Whoever waits for it must not find that of an earlier run. What stands in the way is said
    // when it is written.
    await rm(options.readyFile, { force: true }).catch(() => {});
  }
  // It loads while the rest goes on.
  const inspector = options.inspector && startInspectorThread(files, context, warn);
  const destination = options.forwarding && destinationOf(options.forwarding);
  const open = () => openLastingRecorder(files, host, destination);
  recorder = await open()
    .catch(async (error: unknown) => {
      if (!isDamage(error)) throw error;
      return alone(files, error, () =>
        open().catch(async (still: unknown) => {
          const path = await setAside(still, files, host);
          warn('store_set_aside', setAsideText(path, plainReason(still)));
          return open();
        }),
      );
    })
    .catch(async (error: unknown) => {
      await inspector?.close();
      throw error;
    });
  const undo: (() => unknown)[] = [];
  let introduce = () => {};
  let ignoreSignals = () => {};
  let maintenance: Maintenance | undefined;
  try {
    const stopped = new Promise<void>((resolve) => {
      ignoreSignals = host.onStopSignal(() => resolve());
    });
    undo.push(
      host.onReloadSignal(() => {
        const time = () => new Date(host.now()).toISOString();
        reload(receiver, options).then(() => {
          introduce();
          emit({ type: 'reloaded', time: time(), users: logins.users() });
        }, observer.failed);
      }),
    );
    const address = await takePlace(receiver, options.place);
    // Nothing that came meanwhile is looked at before this line.
    if ('fd' in options.place) checkExposure(address.address, options, warn);
    const url = listenerUrl(options, address);
    if (options.forwarding) {
      const others = await findListeners(files.folder, host);
      const listeners = [url, ...others.map((listener) => listener.url)];
      refuseLoop(options.forwarding.target, listeners, 'forward_loop');
    }
    const inspectorUrl =
      inspector &&
      options.inspector &&
      (await takeInspectorPort(options.inspector, inspector.listen, warn));
    introduce = () => inspector?.belongTo({ url, credentials: logins.first() });
    introduce();
    const ready: ReadyNotice = {
      type: 'ready',
      url,
      inspector: inspectorUrl,
      store: files.folder,
      forwardTo: options.forwarding?.target.href,
      config: global.projectFile,
      pid: host.pid,
      keeps: keptBy(options.retention),
      users: logins.users(),
      generated: logins.generated,
      tunnelBy: options.tunnel?.by,
    };
    const presence: ListenerPresence = {
      pid: host.pid,
      url,
      started: host.now(),
      health: asksItself(options) ? new URL(healthPath, url).href : null,
      inspector: inspectorUrl ?? null,
    };
    undo.push(await announceListener(files.folder, presence, host));
    const tellReady = async (known: Pick<ReadyNotice, 'tunnel'>) => {
      // The password is for whoever reads the output, not for whoever finds the file.
      const told = { ...ready, ...known, generated: undefined };
      if (options.readyFile) await writeReadyFile(options.readyFile, told);
    };
    if (!options.tunnel) await tellReady({});
    const tellStoreNews = storeNewsTeller(options.retention, warn, alerting);
    maintenance = startMaintenance(files, options.retention, tellStoreNews);
    emit(ready);
    let tunnelEnded: Promise<never> | undefined;
    if (options.tunnel) {
      const { openTunnel } = await import('./open-tunnel.js');
      const tunnel = await openTunnel({
        tunnel: options.tunnel,
        end: { secure: tls !== undefined, address: address.address, port: address.port },
        path: options.path,
        logins,
        context,
        emit,
        opened: tellReady,
      });
      undo.push(() => tunnel.close());
      tunnelEnded = tunnel.failed;
    }
    if (options.forwarding) {
      await warnOfOtherTargets(options.forwarding, files, context, warn);
      // A server that is away must not hold up the calls.
      if (options.forwarding.queue) void warnOfRedis(options.forwarding.queue, warn);
      const { startForwarding } = await import('../../forwarding/start.js');
      forwarding = await startForwarding({
        options: options.forwarding,
        listenerCredentials: logins.first,
        files,
        recorder,
        context,
        emit,
        alerting,
      });
    }
    const expired = new Promise<void>((resolve) => {
      if (options.exitAfter?.wait === undefined) return;
      const timer = setTimeout(() => {
        observer.expired = true;
        resolve();
      }, options.exitAfter.wait);
      undo.push(() => clearTimeout(timer));
    });
    // What a pipeline waits for is to be at its handler, too.
    const enough = observer.enough.then(() => forwarding?.caughtUp());
    await Promise.race([stopped, enough, expired, ...(tunnelEnded ? [tunnelEnded] : [])]);
  } finally {
    // A signal that comes now does not wait for what is under way.
    ignoreSignals();
    await Promise.all([receiver.close(), forwarding?.close()]);
    await observer.caughtUp();
    await Promise.all([maintenance?.close(), inspector?.close()]);
    await recorder.close();
    for (const step of undo) await step();
    await alerting?.close();
  }
}

function keptBy({ captures, ageMs, bytes }: Retention): ReadyNotice['keeps'] {
  return { captures: captures ?? null, ms: ageMs ?? null, bytes: bytes ?? null };
}

/** Whether a command on this machine may ask it how it is. */
function asksItself({ health, allowed }: ListenOptions): boolean {
  return health && (allowed === undefined || allowed('127.0.0.1'));
}

/** What could not be read again stays as it was. */
async function reload(receiver: Receiver, { logins, tls }: ListenOptions): Promise<void> {
  await logins.readAgain();
  if (!tls) return;
  const keys = await tls.readAgain();
  withSoundKeys(() => receiver.renewTls(keys));
}

function createSoundReceiver(options: ReceiverOptions): Receiver {
  return options.tls ? withSoundKeys(() => createReceiver(options)) : createReceiver(options);
}

function withSoundKeys<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw problem('tls_invalid', { reason: plainReason(error) }, error);
  }
}

function unopened(): never {
  throw new Error('A call came before the store was open.');
}

function answerStatus(fault: ListenOptions['fault']): number {
  return fault && Math.random() < fault.rate ? fault.status : 200;
}

async function writeReadyFile(path: string, ready: ReadyNotice): Promise<void> {
  try {
    await replaceFile(path, jsonLine(ready));
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}

function timeWords(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : waitWords(ms);
}
