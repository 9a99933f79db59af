import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AddressTest, addressSet } from '../../call/addresses.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readEventFilter } from '../../cli/event-filter.js';
import type { listenOptions } from '../../cli/options/listening.js';
import type { OptionValues } from '../../cli/options/option.js';
import { type AlertOptions, readAlertOptions } from '../../forwarding/alert-options.js';
import { type ForwardingOptions, readForwardingOptions } from '../../forwarding/options.js';
import { inspectorPort, type RequestedPort } from '../../inspector/server/bind-port.js';
import type { EventFilter } from '../../payload/event-filter.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import type { ListenAddress, TlsKeys } from '../../receiver/receiver.js';
import type { Retention } from '../../store/retention.js';
import { checkExposure } from './exposure.js';
import { type Logins, readLogins } from './logins.js';
import { type ListenTunnel, readTunnel } from './tunnel-options.js';

export interface ListenOptions {
  readonly address: ListenAddress;
  readonly path: string | undefined;
  readonly logins: Logins;
  readonly allowed: AddressTest | undefined;
  readonly trusted: AddressTest | undefined;
  /** Whether credentials or an allowlist protect it. */
  readonly guarded: boolean;
  /** Whether it may listen beyond this machine without protection. */
  readonly unprotected: boolean;
  readonly health: boolean;
  readonly maxBody: number;
  /** How long a connection is kept after an answer, in milliseconds. */
  readonly keepAlive: number;
  readonly tls: ListenTls | undefined;
  /** The status to answer with, and the share of calls that get it. */
  readonly fault: { readonly status: number; readonly rate: number } | undefined;
  readonly delay: number;
  readonly shown: EventFilter;
  /** The inspector's port; undefined to disable it. */
  readonly inspector: RequestedPort | undefined;
  readonly readyFile: string | undefined;
  readonly retention: Retention;
  readonly forwarding: readonly ForwardingOptions[];
  readonly alerts: AlertOptions | undefined;
  /** Where metrics are served: by the listener itself, and on a port of their own. */
  readonly metrics: { readonly here: boolean; readonly port: number | undefined } | undefined;
  /** Stops after this many captures that match `shown`, or after `wait` milliseconds. */
  readonly exitAfter: { readonly captures: number; readonly wait: number | undefined } | undefined;
  readonly tunnel: ListenTunnel | undefined;
}

/** A certificate with its key, and how to reload them. */
interface ListenTls {
  readonly keys: TlsKeys;
  readonly readAgain: () => Promise<TlsKeys>;
}

export type ListenInput = CommandInput<OptionValues<typeof listenOptions>>;
type Values = ListenInput['options'];

/** Resolves the options; calls `warn` for risky ones. */
export async function readListenOptions(
  input: ListenInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ListenOptions> {
  const { options: values } = input;
  const { host } = context;
  const { auth, keep, keepFor, keepSize, readyFile } = values;
  const allowed = addressesOf('--allow', values.allow);
  const trusted = addressesOf('--trust-proxy', values.trustProxy);
  const { metrics: here, metricsPort: port } = values;
  const metrics = here || port !== undefined ? { here, port } : undefined;
  const tunnel = await readTunnel(values.tunnel, context, { auth: auth.length > 0, allowed });
  const options: ListenOptions = {
    address: listenAddress(values),
    path: values.path,
    allowed,
    trusted: tunnel ? tunnel.trusting(trusted) : trusted,
    health: values.health,
    maxBody: values.maxBody,
    keepAlive: values.keepAlive,
    fault:
      values.respond === undefined
        ? undefined
        : { status: values.respond, rate: values.respondRate },
    delay: values.delay ?? 0,
    shown: readEventFilter(values),
    inspector: readInspector(input),
    readyFile: readyFile === undefined ? undefined : resolve(host.cwd, readyFile),
    exitAfter: readExitAfter(values),
    retention: { captures: keep, ageMs: keepFor, bytes: keepSize },
    forwarding: await readForwardingOptions(input, context, warn),
    alerts: await readAlertOptions(input, context, warn, metrics !== undefined),
    metrics,
    tls: await readTls(values, host.cwd),
    logins: await readLogins(auth, context, warn),
    guarded: auth.length > 0 || allowed !== undefined,
    unprotected: values.unprotected,
    tunnel,
  };
  if (options.forwarding.some(({ credentials }) => credentials === 'same') && auth.length === 0) {
    throw problem('usage', {
      message: '--forward-auth same requires credentials in --auth.',
      hint: 'Add --auth user:password, or pass other credentials with --forward-auth.',
    });
  }
  // The address of an inherited socket is unknown before it is bound.
  if ('host' in options.address) checkExposure(options.address.host, options, warn);
  return options;
}

function addressesOf(option: string, entries: readonly string[]): AddressTest | undefined {
  return entries.length === 0 ? undefined : addressSet(option, entries);
}

function listenAddress({ listenFd, port, host }: Values): ListenAddress {
  return listenFd === undefined ? { port, host } : { fd: listenFd };
}

/** A listener on a free port is one of several, so its inspector uses a free port too. */
function readInspector({ options, from }: ListenInput): RequestedPort | undefined {
  const { inspect, inspectPort, port } = options;
  if (inspect) return inspectorPort(inspectPort, port === 0 ? 0 : undefined);
  if (from('inspectPort').kind !== 'flag') return undefined;
  throw problem('usage', {
    message: '--no-inspect and --inspect-port cannot be combined.',
    hint: 'Remove one of them.',
  });
}

function readExitAfter({ exitAfter, wait }: Values): ListenOptions['exitAfter'] {
  if (exitAfter !== undefined) return { captures: exitAfter, wait };
  if (wait === undefined) return undefined;
  throw problem('usage', {
    message: '--wait requires --exit-after.',
    hint: 'Try: --exit-after 1 --wait 30s',
  });
}

async function readTls({ tlsCert, tlsKey }: Values, cwd: string): Promise<ListenOptions['tls']> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw problem('usage', {
      message: '--tls-cert and --tls-key require each other.',
      hint: 'Pass both as PEM files: the certificate with its chain, and the private key.',
    });
  }
  const cert = resolve(cwd, tlsCert);
  const key = resolve(cwd, tlsKey);
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
