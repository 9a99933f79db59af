import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AddressTest, addressSet } from '../../call/addresses.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readEventFilter } from '../../cli/event-filter.js';
import {
  byteSize,
  commaList,
  decimal,
  duration,
  longestTimer,
  portNumber,
  wholeNumber,
} from '../../cli/option-values.js';
import { readRepeatedSetting } from '../../cli/setting.js';
import type { EventFilter } from '../../payload/event-filter.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import type { ListenPlace, TlsKeys } from '../../receiver/receiver.js';
import type { Retention } from '../../store/retention.js';
import type { TypedAlerts, TypedForwarding } from '../forwarding/flags.js';
import {
  type AlertOptions,
  type ForwardingOptions,
  readAlertOptions,
  readForwardingOptions,
} from '../forwarding/options.js';
import { type PortWish, readInspectPort } from '../inspect/take-port.js';
import { readRetention } from '../retention.js';
import { checkExposure } from './exposure.js';
import { type Logins, readLogins } from './logins.js';
import { type ListenTunnel, readTunnel } from './tunnel-options.js';

/** What `listen` was asked to do. */
export interface ListenOptions {
  readonly place: ListenPlace;
  readonly path: string | undefined;
  readonly logins: Logins;
  readonly allowed: AddressTest | undefined;
  /** The proxies in front of it. */
  readonly trusted: AddressTest | undefined;
  /** Whether it asks who posts, by login or by address. */
  readonly guarded: boolean;
  /** Whether it may be reached from beyond this machine although it does not ask. */
  readonly unprotected: boolean;
  readonly health: boolean;
  readonly maxBody: number;
  /** How long a connection is kept after an answer, in milliseconds. */
  readonly keepAlive: number;
  readonly tls: ListenTls | undefined;
  /** The status to answer with, and for which share of the calls. */
  readonly fault: { readonly status: number; readonly rate: number } | undefined;
  readonly delay: number;
  readonly shown: EventFilter;
  /** Where the inspector is to be; undefined: none is served. */
  readonly inspector: PortWish | undefined;
  readonly readyFile: string | undefined;
  readonly retention: Retention;
  readonly forwarding: ForwardingOptions | undefined;
  readonly alerts: AlertOptions | undefined;
  /** After how many captures that match `shown` to stop, and how long to wait for them. */
  readonly exitAfter: { readonly captures: number; readonly wait: number | undefined } | undefined;
  readonly tunnel: ListenTunnel | undefined;
}

/** A certificate and its key, and how to read them again when they were renewed. */
interface ListenTls {
  readonly keys: TlsKeys;
  readonly readAgain: () => Promise<TlsKeys>;
}

/** commander's own reading of the flags in command.ts. */
interface Typed extends TypedForwarding, TypedAlerts {
  readonly port: string;
  readonly host: string;
  readonly path?: string;
  readonly auth?: readonly string[];
  readonly allow?: readonly string[];
  readonly trustProxy?: readonly string[];
  readonly unprotected?: boolean;
  readonly maxBody: string;
  readonly keepAlive: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly respond?: string;
  readonly respondRate: string;
  readonly delay?: string;
  readonly channel?: readonly string[];
  readonly event?: readonly string[];
  readonly panel?: readonly string[];
  readonly inspect: boolean;
  readonly inspectPort?: string;
  readonly readyFile?: string;
  readonly listenFd?: string;
  readonly health: boolean;
  readonly exitAfter?: string;
  readonly wait?: string;
  readonly keep?: string;
  readonly keepFor: string;
  readonly keepSize: string;
  readonly tunnel?: string | true;
}

const largestBody = 1024 ** 3;
const minKeepAlive = 1_000;

/** Works out what was typed; `warn` is told what is risky but not wrong. */
export async function readListenOptions(
  input: CommandInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ListenOptions> {
  const typed = input.options as unknown as Typed;
  const { host, presets } = context;
  const auth = readRepeatedSetting('--auth', typed.auth, 'NETCORE_HOOK_LISTEN_AUTH', presets);
  const allowed = readAddresses('--allow', typed.allow);
  const trusted = readAddresses('--trust-proxy', typed.trustProxy);
  const tunnel = await readTunnel(typed.tunnel, context, { auth: auth.length > 0, allowed });
  const options: ListenOptions = {
    place: readPlace(typed),
    path: typed.path === undefined ? undefined : readPath(typed.path),
    allowed,
    trusted: tunnel ? tunnel.trusting(trusted) : trusted,
    health: typed.health,
    maxBody: byteSize('--max-body', typed.maxBody, largestBody),
    keepAlive: readKeepAlive(typed),
    fault: readFault(typed),
    delay: typed.delay === undefined ? 0 : duration('--delay', typed.delay, longestTimer),
    shown: readEventFilter(typed),
    inspector: readInspector(typed),
    readyFile: typed.readyFile === undefined ? undefined : resolve(host.cwd, typed.readyFile),
    exitAfter: readExitAfter(typed),
    retention: readRetention(typed),
    forwarding: await readForwardingOptions(typed, context, warn),
    alerts: readAlertOptions(typed),
    tls: await readTls(typed, host.cwd),
    logins: await readLogins(auth, context, warn),
    guarded: auth.length > 0 || allowed !== undefined,
    unprotected: typed.unprotected === true,
    tunnel,
  };
  if (options.forwarding?.credentials === 'same' && auth.length === 0) {
    throw problem('usage', {
      message: '--forward-auth same means the credentials of --auth, and there are none.',
      hint: 'Add --auth user:password, or give --forward-auth its own.',
    });
  }
  // An inherited socket's address is not known before it is taken.
  if ('host' in options.place) checkExposure(options.place.host, options, warn);
  return options;
}

function readAddresses(
  option: string,
  typed: readonly string[] | undefined,
): AddressTest | undefined {
  return typed && addressSet(option, commaList(typed, option));
}

function readPlace(typed: Typed): ListenPlace {
  if (typed.listenFd !== undefined) {
    return { fd: wholeNumber('--listen-fd', typed.listenFd, { min: 0, max: 1_048_576 }) };
  }
  if (typed.host === '') {
    throw problem('invalid_value', {
      what: '--host',
      value: '',
      reason: 'it names no address',
      hint: 'Use 127.0.0.1 for this machine only.',
    });
  }
  return { port: portNumber('--port', typed.port), host: typed.host };
}

/** A listener on any free port is one of several, and so is its inspector. */
function readInspector({ inspect, inspectPort, port }: Typed): PortWish | undefined {
  if (inspect) return readInspectPort(inspectPort, Number(port) === 0 ? 0 : undefined);
  if (inspectPort === undefined) return undefined;
  throw problem('usage', {
    message: '--no-inspect and --inspect-port do not go together.',
    hint: 'Leave one of them out.',
  });
}

function readExitAfter({ exitAfter, wait }: Typed): ListenOptions['exitAfter'] {
  if (exitAfter === undefined) {
    if (wait === undefined) return undefined;
    throw problem('usage', {
      message: '--wait says how long to wait for --exit-after, and that is not given.',
      hint: 'Try: --exit-after 1 --wait 30s',
    });
  }
  return {
    captures: wholeNumber('--exit-after', exitAfter, { min: 1, max: 1_000_000_000 }),
    wait: wait === undefined ? undefined : duration('--wait', wait, longestTimer),
  };
}

function readPath(typed: string): string {
  if (/^\/[^\s?#]*$/.test(typed)) return typed;
  throw problem('invalid_value', {
    what: '--path',
    value: typed,
    reason: 'it is not the path of a URL',
    hint: 'Write it like /webhooks/netcore.',
  });
}

function readKeepAlive(typed: Typed): number {
  const keepAlive = duration('--keep-alive', typed.keepAlive, longestTimer);
  if (keepAlive >= minKeepAlive) return keepAlive;
  throw problem('invalid_value', {
    what: '--keep-alive',
    value: typed.keepAlive,
    reason: 'it is shorter than 1s',
    hint: 'Write it like 75s: longer than the idle time-out of what stands in front.',
  });
}

function readFault(typed: Typed): ListenOptions['fault'] {
  const rate = decimal('--respond-rate', typed.respondRate, { min: 0, max: 1 });
  if (typed.respond === undefined) return undefined;
  return { status: wholeNumber('--respond', typed.respond, { min: 200, max: 599 }), rate };
}

async function readTls(typed: Typed, cwd: string): Promise<ListenOptions['tls']> {
  if (typed.tlsCert === undefined && typed.tlsKey === undefined) return undefined;
  if (typed.tlsCert === undefined || typed.tlsKey === undefined) {
    throw problem('usage', {
      message: '--tls-cert and --tls-key go together.',
      hint: 'Give both, the certificate with its chain and the private key, as PEM files.',
    });
  }
  const cert = resolve(cwd, typed.tlsCert);
  const key = resolve(cwd, typed.tlsKey);
  const readAgain = async () => ({ cert: await readPem(cert), key: await readPem(key) });
  return { keys: await readAgain(), readAgain };
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
}
