import { rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { jsonLine } from '../../output/json-line.js';
import type { ReadyNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';
import { basicAuthenticator } from '../../receiver/basic-auth.js';
import { createReceiver, type Receiver, type ReceiverOptions } from '../../receiver/receiver.js';
import { storeFiles } from '../../store/folder.js';
import { type Keeper, startKeeper } from '../../store/keeper.js';
import { announceListener } from '../../store/presence.js';
import { openRecorder, type Recorder } from '../../store/recorder.js';
import { CallObserver } from './call-observer.js';
import { type ListenOptions, readListenOptions } from './options.js';
import { createListenView, type ListenNotice } from './view.js';

/** Receives calls until a signal says stop. */
export async function runListen(input: CommandInput, context: CommandContext): Promise<number> {
  const { host, global } = context;
  const emit = reporter<ListenNotice>(context, await createListenView(context));
  const options = await readListenOptions(input, context, (code, message) =>
    emit({ type: 'warning', code, message }),
  );
  const files = storeFiles(host, global);
  const observer = new CallObserver(options, context, emit);
  let recorder: Recorder | undefined;
  const receiver = createSoundReceiver({
    rules: {
      allowed: options.allowed,
      authenticate:
        options.credentials.length > 0 ? basicAuthenticator(options.credentials) : undefined,
      path: options.path,
      maxBody: options.maxBody,
    },
    tls: options.tls,
    answer: () => answerStatus(options.fault),
    delay: options.delay,
    now: host.now,
    record: (call) => (recorder ?? unopened()).record(call),
    observer,
  });
  recorder = await openRecorder(files, host);
  let keeper: Keeper | undefined;
  let withdraw: (() => Promise<void>) | undefined;
  try {
    const stopped = new Promise<void>((resolve) => {
      host.onStopSignal(() => resolve());
    });
    const url = listenerUrl(options, await takePort(receiver, options));
    const users = options.credentials.map(({ user }) => user);
    const ready: ReadyNotice = { type: 'ready', url, store: files.folder, pid: host.pid, users };
    withdraw = await announceListener(files.folder, { pid: host.pid, url });
    if (options.readyFile) await writeReadyFile(options.readyFile, ready);
    keeper = startKeeper(files, options.retention);
    emit(ready);
    await stopped;
  } finally {
    await receiver.close();
    await keeper?.close();
    await recorder.close();
    await withdraw?.();
    observer.close();
  }
  emit(observer.summary());
  return exitCodes.done.code;
}

function createSoundReceiver(options: ReceiverOptions): Receiver {
  try {
    return createReceiver(options);
  } catch (error) {
    if (options.tls) throw problem('tls_invalid', { reason: plainReason(error) }, error);
    throw error;
  }
}

function unopened(): never {
  throw new Error('A call came before the store was open.');
}

function answerStatus(fault: ListenOptions['fault']): number {
  return fault && Math.random() < fault.rate ? fault.status : 200;
}

async function takePort(receiver: Receiver, options: ListenOptions): Promise<AddressInfo> {
  const { port, host } = options;
  try {
    return await receiver.listen(port, host);
  } catch (error) {
    switch (errorCode(error)) {
      case 'EADDRINUSE':
        // The port after it is the inspector's by custom.
        throw problem('port_in_use', { port, next: port < 65_534 ? port + 2 : port - 1 }, error);
      case 'EACCES':
        throw problem('port_forbidden', { port }, error);
      default:
        throw problem('address_not_here', { host }, error);
    }
  }
}

/** Where to post to. A listener on every interface is reached on loopback, too. */
function listenerUrl(options: ListenOptions, address: AddressInfo): string {
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const host = everywhere ? '127.0.0.1' : options.host;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${options.tls ? 'https' : 'http'}://${name}:${address.port}${options.path ?? ''}`;
}

/** By rename, so that whoever waits for the file finds it whole. */
async function writeReadyFile(path: string, ready: ReadyNotice): Promise<void> {
  try {
    await writeFile(`${path}.new`, jsonLine(ready));
    await rename(`${path}.new`, path);
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}
