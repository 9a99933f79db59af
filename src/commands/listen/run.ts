import type { AddressInfo } from 'node:net';
import { noOutlook } from '../../alerts/outlook.js';
import type { SilenceState } from '../../alerts/watch-silence.js';
import { durationOption, waitWords } from '../../amounts.js';
import { dailyHoursText, type SilenceLimit } from '../../call/daily-hours.js';
import type { JournalFact } from '../../call/journal-fact.js';
import { healthPath, metricsPath } from '../../call/own-headers.js';
import { refuseLoop } from '../../call/refuse-loop.js';
import type { CommandContext } from '../../cli/command.js';
import { beginningWith, type Emit, reporter } from '../../cli/reporter.js';
import { channelNames } from '../../forwarding/alert-channels.js';
import type { Alerting } from '../../forwarding/alerting.js';
import type { Metrics } from '../../forwarding/metrics.js';
import { destinationOf, handlerNotice } from '../../forwarding/options.js';
import type { Forwarding } from '../../forwarding/start.js';
import { checkRedisConfig, warnAboutOtherTargets } from '../../forwarding/startup-warnings.js';
import { onStore } from '../../forwarding/store-command.js';
import { bindInspectorPort } from '../../inspector/server/bind-port.js';
import { type InspectorThread, startInspectorThread } from '../../inspector/server/start-thread.js';
import { BoundedOutput } from '../../output/bounded-output.js';
import { jsonLine } from '../../output/json-line.js';
import type { ReadyNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { limits } from '../../receiver/limits.js';
import { createReceiver, type Receiver, type ReceiverOptions } from '../../receiver/receiver.js';
import { removeFile, replaceFile } from '../../replace-file.js';
import { isDamage } from '../../store/database.js';
import { type StoreFiles, storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import {
  type AnnouncedListener,
  announceListener,
  findListeners,
  type ListenerPresence,
} from '../../store/presence.js';
import {
  type Maintenance,
  openLastingRecorder,
  type Recorder,
  startMaintenance,
} from '../../store/recorder.js';
import type { Retention } from '../../store/retention.js';
import { bindListener, listenerUrl } from './bind-listener.js';
import { CallObserver } from './call-observer.js';
import { setAsideText } from './damaged-store.js';
import { checkExposure } from './exposure.js';
import { type ListenInput, type ListenOptions, readListenOptions } from './options.js';
import { storeNewsReporter } from './store-news.js';
import { hidingProbes } from './tunnel-options.js';
import { createListenView, type ListenNotice } from './view.js';

/** Milliseconds for a reader to take the last lines. */
const flushTimeoutMs = 1_000;

/** Receives calls until a stop signal, or until `--exit-after` is satisfied. */
export async function runListen(input: ListenInput, context: CommandContext): Promise<number> {
  const { host } = context;
  host.neverWaitForTerminal();
  const missed = (lines: number) => emit({ type: 'missed', lines });
  const stdout = new BoundedOutput(host.stdout, missed);
  const stderr = new BoundedOutput(host.stderr, () => {});
  const view = await createListenView(context);
  const emit = beginningWith('ready', reporter<ListenNotice>(context, view, { stdout, stderr }));
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const options = await readListenOptions(input, context, warn);
  if (options.alerts?.test) {
    const { runAlertTest } = await import('../../forwarding/run-alert-test.js');
    return runAlertTest(options.alerts, storeFiles(host, context.global), context);
  }
  const observer = new CallObserver(options, context, emit);
  try {
    await new ListenRun(options, observer, context, emit).run();
  } finally {
    observer.close();
  }
  emit(observer.summary());
  const taken = await Promise.all([stdout.flush(flushTimeoutMs), stderr.flush(flushTimeoutMs)]);
  if (taken.includes(false)) host.abandonOutput();
  if (observer.lacking > 0 && options.exitAfter) {
    const { captures: wanted, wait } = options.exitAfter;
    const arrived = wanted - observer.lacking;
    const waited = wait !== undefined && observer.expired ? durationText(wait) : undefined;
    throw problem('calls_missing', { arrived, wanted, waited, instead: observer.missed.words() });
  }
  return exitCodes.done.code;
}

/**
 * A listener, from opening its store to closing it. Each step starts what the next ones need. Only
 * `#stop` shuts down: first the receivers of calls, then their processing, then the store.
 */
class ListenRun {
  readonly #options: ListenOptions;
  readonly #observer: CallObserver;
  readonly #context: CommandContext;
  readonly #emit: Emit<ListenNotice>;
  readonly #files: StoreFiles;
  readonly #instance: string;
  #alerting: Alerting | undefined;
  #metrics: Metrics | undefined;
  #receiver: Receiver | undefined;
  #inspector: InspectorThread | undefined;
  #recorder: Recorder | undefined;
  #maintenance: Maintenance | undefined;
  #forwarding: Forwarding | undefined;
  #ignoreSignals = () => {};
  /** Sends the listener's facts to its inspector. */
  #notifyInspector = () => {};
  #journalStop = () => {};
  #journalReload = () => {};
  /** Closed after the store, in this order. */
  readonly #others: (() => unknown)[] = [];

  constructor(
    options: ListenOptions,
    observer: CallObserver,
    context: CommandContext,
    emit: Emit<ListenNotice>,
  ) {
    this.#options = options;
    this.#observer = observer;
    this.#context = context;
    this.#emit = emit;
    this.#files = storeFiles(context.host, context.global);
    this.#instance = Buffer.from(context.host.randomBytes(16)).toString('hex');
  }

  /** Resolves when the listener has stopped, and every call answered 200 is on disk. */
  async run(): Promise<void> {
    try {
      const receiver = await this.#createReceiver();
      await this.#openStore();
      await this.#watchFields();
      const stopped = this.#handleSignals(receiver);
      const address = await bindListener(receiver, this.#options.address);
      const ready = await this.#announce(address);
      const tunnelFailed = await this.#openTunnel(address, ready);
      await this.#startForwarding();
      await this.#untilDone(stopped, tunnelFailed);
    } finally {
      await this.#stop();
    }
  }

  async #createReceiver(): Promise<Receiver> {
    const { alerts, logins, tls, tunnel, readyFile, ...options } = this.#options;
    const { host } = this.#context;
    if (alerts) {
      const { startAlerting } = await import('../../forwarding/alerting.js');
      this.#alerting = startAlerting(alerts, this.#files, this.#context, this.#warn);
    }
    if (options.metrics) {
      const { createMetrics } = await import('../../forwarding/metrics.js');
      const outlook = () => this.#alerting?.outlook() ?? noOutlook;
      this.#metrics = createMetrics(this.#files, this.#context, outlook);
    }
    const alerted = this.#alerting?.observing(this.#observer) ?? this.#observer;
    const observer = this.#metrics?.observing(alerted) ?? alerted;
    this.#receiver = createSoundReceiver({
      rules: {
        allowed: options.allowed,
        trusted: options.trusted,
        authenticate: logins.authenticate,
        otherSites: options.guarded || options.unprotected,
        path: options.path,
        health: options.health,
        // A tunnel's calls come from this machine.
        metrics: options.metrics?.here ? (tunnel ? 'known' : 'here') : undefined,
        maxBody: options.maxBody,
      },
      tls: tls?.keys,
      answer: () => answerStatus(options.fault),
      delay: options.delay,
      connections: limits.maxConnections,
      keepAlive: options.keepAlive,
      now: host.now,
      health: (known) => this.#observer.health(known),
      metrics: () => this.#metrics?.text() ?? '',
      instance: this.#instance,
      record: async (call) => {
        const capture = await (this.#recorder ?? unopened()).record(call);
        this.#forwarding?.wake();
        return capture;
      },
      observer: hidingProbes(observer, tunnel),
    });
    // Removes the file of an earlier run, which a script would mistake for this one's. Writing the
    // file later reports a failure.
    if (readyFile) await removeFile(readyFile).catch(() => {});
    return this.#receiver;
  }

  /** Renames a damaged store and creates a new one. */
  async #openStore(): Promise<void> {
    const { host } = this.#context;
    const { inspector, forwarding } = this.#options;
    // It loads while the store opens.
    if (inspector) this.#inspector = startInspectorThread(this.#files, this.#context, this.#warn);
    const destinations = forwarding.map(destinationOf);
    const open = () => openLastingRecorder(this.#files, host, destinations);
    this.#recorder = await open().catch(async (error: unknown) => {
      if (!isDamage(error)) throw error;
      const { alone, setAside } = await import('../../store/salvage.js');
      return alone(this.#files, error, () =>
        open().catch(async (still: unknown) => {
          const path = await setAside(still, this.#files, host);
          this.#warn('store_set_aside', setAsideText(path, plainReason(still)));
          return open();
        }),
      );
    });
  }

  /** Reloads logins and certificates on SIGHUP. Resolves on the first stop signal. */
  #handleSignals(receiver: Receiver): Promise<void> {
    const { host } = this.#context;
    const onReload = () => {
      reload(receiver, this.#options).then(() => {
        this.#notifyInspector();
        this.#journalReload();
        const time = new Date(host.now()).toISOString();
        this.#emit({ type: 'reloaded', time, users: this.#options.logins.users() });
      }, this.#observer.failed);
    };
    this.#others.push(host.onReloadSignal(onReload));
    return new Promise((resolve) => {
      this.#ignoreSignals = host.onStopSignal(() => resolve());
    });
  }

  /** Resolves to a function that writes the ready notice to its file and the inspector. */
  async #announce(address: AddressInfo): Promise<WriteReady> {
    const { host, global } = this.#context;
    const { logins, forwarding, tunnel, retention, alerts, ...options } = this.#options;
    // Calls that have already arrived are answered after this line.
    if ('fd' in options.address) checkExposure(address.address, this.#options, this.#warn);
    const url = listenerUrl(this.#options, address);
    if (forwarding.length > 0) {
      const others = await findListeners(this.#files.folder, host);
      const listeners = [url, ...others.map((listener) => listener.url)];
      for (const { target } of forwarding) refuseLoop(target, listeners, 'forward_loop');
    }
    const inspector =
      this.#inspector &&
      options.inspector &&
      (await bindInspectorPort(options.inspector, this.#inspector.listen, this.#warn));
    this.#notifyInspector = () => this.#inspector?.belongTo({ url, credentials: logins.first() });
    this.#notifyInspector();
    const channels = alerts ? channelNames(alerts.channels) : [];
    const metricsUrl = await this.#serveMetrics(url);
    const ready: ReadyNotice = {
      type: 'ready',
      url,
      inspector,
      store: this.#files.folder,
      forwardTo: forwarding[0]?.target.href,
      handlers: forwarding.length > 0 ? forwarding.map(handlerNotice) : undefined,
      config: global.projectFile,
      pid: host.pid,
      keeps: keptBy(retention),
      users: logins.users(),
      generated: logins.generated,
      tunnelBy: tunnel?.by,
      metrics: metricsUrl,
      alerts: forwarding.length > 0 || channels.length > 0 ? channels : undefined,
    };
    const presence: ListenerPresence = {
      pid: host.pid,
      url,
      started: host.now(),
      health: asksItself(this.#options) ? new URL(healthPath, url).href : null,
      inspector: inspector ?? null,
      instance: this.#instance,
    };
    const announced = await announceListener(this.#files.folder, presence, host);
    this.#others.push(() => announced.withdraw());
    this.#alerting?.listening(url, silenceReporter(announced, alerts?.silence));
    const writeReady: WriteReady = async (known) => {
      // The file must not hold the password, which only the output shows.
      const shared = { ...ready, ...known, generated: undefined };
      if (options.readyFile) await writeReadyFile(options.readyFile, shared);
    };
    if (!tunnel) await writeReady({});
    const note = (fact: JournalFact) => this.#journal(fact);
    const reportNews = storeNewsReporter(retention, this.#warn, this.#alerting, note);
    this.#maintenance = startMaintenance(this.#files, retention, reportNews);
    this.#emit(ready);
    const to = forwarding.map(({ target }) => target.href).join(', ') || null;
    this.#journal({ kind: 'listener_started', url, to });
    // Before the store is closed.
    this.#journalStop = () => this.#journal({ kind: 'listener_stopped', url });
    this.#journalReload = () => this.#journal({ kind: 'listener_reloaded', url });
    return writeReady;
  }

  /** Resolves to the URL of the metrics; undefined without them. */
  async #serveMetrics(listener: string): Promise<string | undefined> {
    const { metrics: options } = this.#options;
    const metrics = this.#metrics;
    if (!options || !metrics) return undefined;
    metrics.watchStore();
    this.#others.push(() => metrics.close());
    if (options.port === undefined) return new URL(metricsPath, listener).href;
    const { serveMetrics } = await import('../../forwarding/serve-metrics.js');
    const server = await serveMetrics(options.port, () => metrics.text());
    this.#others.push(() => server.close());
    return server.url;
  }

  /** Resolves to a promise that rejects when the tunnel fails; undefined without a tunnel. */
  async #openTunnel(
    { address, port }: AddressInfo,
    opened: WriteReady,
  ): Promise<{ readonly failed: Promise<never> | undefined }> {
    const { tunnel, tls, path, logins } = this.#options;
    if (!tunnel) return { failed: undefined };
    const { openTunnel } = await import('./open-tunnel.js');
    const { failed, close } = await openTunnel({
      tunnel,
      end: { secure: tls !== undefined, address, port },
      path,
      logins,
      context: this.#context,
      emit: this.#emit,
      opened,
    });
    this.#others.push(close);
    return { failed };
  }

  async #startForwarding(): Promise<void> {
    const { forwarding: options, logins } = this.#options;
    if (options.length === 0) return;
    await warnAboutOtherTargets(options, this.#files, this.#context, this.#warn);
    // An unreachable server must not delay calls.
    const redis = options[0]?.queue;
    if (redis) void checkRedisConfig(redis, this.#warn);
    const { startForwarding } = await import('../../forwarding/start.js');
    this.#forwarding = await startForwarding({
      options,
      listenerCredentials: logins.first,
      files: this.#files,
      recorder: this.#recorder,
      context: this.#context,
      emit: this.#emit,
      alerting: this.#alerting,
      metrics: this.#metrics,
    });
  }

  async #watchFields(): Promise<void> {
    const { newFieldsText, startFieldWatch } = await import('./field-watch.js');
    const { folder } = this.#files;
    const watch = await startFieldWatch(folder, (found) => {
      const text = onStore(newFieldsText(found), this.#context, this.#files);
      this.#warn('fields_new', text);
    });
    this.#observer.alsoCaptured = watch.see;
    this.#others.push(watch.close);
  }

  /** Waits for a signal, enough calls, the timeout, or the end of the tunnel. */
  async #untilDone(
    stopped: Promise<void>,
    { failed }: { readonly failed: Promise<never> | undefined },
  ): Promise<void> {
    const { exitAfter } = this.#options;
    const expired = new Promise<void>((resolve) => {
      if (exitAfter?.wait === undefined) return;
      const timer = setTimeout(() => {
        this.#observer.expired = true;
        resolve();
      }, exitAfter.wait);
      this.#others.push(() => clearTimeout(timer));
    });
    // A pipeline also waits until its calls are delivered.
    const enough = this.#observer.enough.then(() => this.#forwarding?.caughtUp());
    await Promise.race([stopped, enough, expired, ...(failed ? [failed] : [])]);
  }

  async #stop(): Promise<void> {
    // A second signal ends the process at once.
    this.#ignoreSignals();
    await Promise.all([this.#receiver?.close(), this.#forwarding?.close()]);
    await this.#observer.caughtUp();
    await Promise.all([this.#maintenance?.close(), this.#inspector?.close()]);
    this.#journalStop();
    await this.#recorder?.close();
    for (const end of this.#others) await end();
    await this.#alerting?.close();
  }

  #journal(fact: JournalFact): void {
    journal(this.#files, this.#context.host, fact);
  }

  readonly #warn = (code: string, message: string) =>
    this.#emit({ type: 'warning', code, message });
}

type WriteReady = (known: Pick<ReadyNotice, 'tunnel'>) => Promise<void>;

function silenceText({ ms, hours }: SilenceLimit): string {
  return hours ? `${durationOption(ms)}@${dailyHoursText(hours)}` : durationOption(ms);
}

/** Writes into the listener's note which calls no longer arrive. */
function silenceReporter(
  announced: AnnouncedListener,
  limit: SilenceLimit | undefined,
): (state: SilenceState) => void {
  return ({ all, webhooks }) => {
    const isSilent = limit !== undefined && (all !== null || webhooks.length > 0);
    const silence = isSilent ? { limit: silenceText(limit), all, webhooks } : undefined;
    void announced.update(silence);
  };
}

function keptBy({ captures, ageMs, bytes }: Retention): ReadyNotice['keeps'] {
  return { captures: captures ?? null, ms: ageMs ?? null, bytes: bytes ?? null };
}

/** Whether commands on this machine may request its health. */
function asksItself({ health, allowed }: ListenOptions): boolean {
  return health && (allowed === undefined || allowed('127.0.0.1'));
}

/** Keeps current logins and keys when reloading fails. */
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
  throw new Error('A call arrived before the store was open.');
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

function durationText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : waitWords(ms);
}
