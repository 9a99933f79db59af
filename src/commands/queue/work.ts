import { noOutlook } from '../../alerts/outlook.js';
import { refuseLoop } from '../../call/refuse-loop.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { queueWorkOptions } from '../../cli/options/queueing.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { beginningWith, type Emit, reporter } from '../../cli/reporter.js';
import { channelNames } from '../../forwarding/alert-channels.js';
import { type AlertOptions, readAlertOptions } from '../../forwarding/alert-options.js';
import { startAlerting } from '../../forwarding/alerting.js';
import { createMetrics } from '../../forwarding/metrics.js';
import type { WorkNotice } from '../../forwarding/notices.js';
import {
  type ForwardingOptions,
  handlerNotice,
  readForwardingOptions,
} from '../../forwarding/options.js';
import { serveMetrics } from '../../forwarding/serve-metrics.js';
import { startForwarding } from '../../forwarding/start.js';
import { createWorkView } from '../../forwarding/view.js';
import { BoundedOutput } from '../../output/bounded-output.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { readRedisAddress } from '../../queue/redis/address.js';
import { hasDatabase, storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import { findListeners } from '../../store/presence.js';
import { openLastingRecorder } from '../../store/recorder.js';

/** Forwards the calls that listeners queued, in the store or on Redis, until a stop signal. */
export async function runQueueWork(
  input: CommandInput<OptionValues<typeof queueWorkOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('queue work', input.words, showHint);
  const { host } = context;
  host.neverWaitForTerminal();
  const stdout = new BoundedOutput(host.stdout, () => {});
  const stderr = new BoundedOutput(host.stderr, () => {});
  const view = await createWorkView(context);
  const emit = beginningWith('working', reporter<WorkNotice>(context, view, { stdout, stderr }));
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const options = await readForwardingOptions(input, context, warn);
  if (options.length === 0) {
    throw problem('usage', {
      message: 'queue work requires the URL of a handler.',
      hint: 'Try: netcore-hook queue work --forward-to :3000/webhooks/netcore',
    });
  }
  if (options.some(({ credentials }) => credentials === 'same')) {
    throw problem('usage', {
      message: '--forward-auth same uses the credentials of a listener, and queue work has none.',
      hint: 'Pass them: --forward-auth user:password or --forward-auth @file',
    });
  }
  if (input.from('alertSilence').kind === 'flag') {
    throw problem('usage', {
      message: '--alert-silence applies to the calls of a listener, and queue work receives none.',
      hint: 'Pass it to netcore-hook listen.',
    });
  }
  const { metricsPort } = input.options;
  const alerts = await readAlertOptions(input, context, warn, metricsPort !== undefined);
  if (alerts?.test) {
    const { runAlertTest } = await import('../../forwarding/run-alert-test.js');
    return runAlertTest(alerts, storeFiles(host, context.global), context);
  }
  await work(options, { alerts, metricsPort }, context, emit, warn);
  await Promise.all([stdout.flush(flushTimeoutMs), stderr.flush(flushTimeoutMs)]);
  return exitCodes.done.code;
}

/** Milliseconds for a reader to take the last lines. */
const flushTimeoutMs = 1_000;

interface WatchOptions {
  readonly alerts: AlertOptions | undefined;
  readonly metricsPort: number | undefined;
}

async function work(
  options: readonly ForwardingOptions[],
  { alerts, metricsPort }: WatchOptions,
  context: CommandContext,
  emit: Emit<WorkNotice>,
  warn: (code: string, message: string) => void,
): Promise<void> {
  const { host, global } = context;
  const files = storeFiles(host, global);
  const redis = options[0]?.queue;
  if (redis) {
    const { checkRedis } = await import('../../queue/redis/check-redis.js');
    for (const { code, message } of await checkRedis(redis.href)) warn(code, message);
  } else if (!hasDatabase(files)) {
    throw problem('store_missing', { path: files.folder });
  }
  const listeners = await findListeners(files.folder, host);
  const listening = listeners.map(({ url }) => url);
  for (const { target } of options) refuseLoop(target, listening, 'forward_loop');
  const alerting = alerts && startAlerting(alerts, files, context, warn);
  const metrics =
    metricsPort === undefined
      ? undefined
      : createMetrics(files, context, () => alerting?.outlook() ?? noOutlook);
  const server =
    metrics && metricsPort !== undefined
      ? await serveMetrics(metricsPort, () => metrics.text())
      : undefined;
  if (hasDatabase(files)) metrics?.watchStore();
  const recorder = redis ? undefined : await openLastingRecorder(files, host);
  let ignoreSignals = () => {};
  const stopped = new Promise<void>((resolve) => {
    ignoreSignals = host.onStopSignal(() => resolve());
  });
  const forwarding = await startForwarding({
    options,
    listenerCredentials: () => undefined,
    files,
    recorder,
    context,
    emit,
    alerting,
    metrics,
  });
  const targets = options.map(({ target }) => target.href);
  emit({
    type: 'working',
    to: targets[0] ?? '',
    handlers: options.map(handlerNotice),
    queue: redis ? readRedisAddress(redis.href).text : files.folder,
    pid: host.pid,
    metrics: server?.url,
    alerts: alerts ? channelNames(alerts.channels) : [],
  });
  journal(files, host, { kind: 'worker_started', to: targets.join(', ') });
  await stopped;
  ignoreSignals();
  await forwarding.close();
  journal(files, host, { kind: 'worker_stopped', to: targets.join(', ') });
  await Promise.all([server?.close(), metrics?.close()]);
  await recorder?.close();
  await alerting?.close();
}
