import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readCredentials } from '../../cli/credentials.js';
import { readEventFilter } from '../../cli/event-filter.js';
import {
  byteSize,
  type Credentials,
  commaList,
  decimal,
  duration,
  longestTimer,
  portNumber,
  wholeNumber,
} from '../../cli/option-values.js';
import type { EventFilter } from '../../payload/event-filter.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { type AddressTest, addressSet, isLoopback } from '../../receiver/addresses.js';
import type { Retention } from '../../store/retention.js';
import { readRetention } from '../retention.js';

/** What `listen` was asked to do. */
export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string | undefined;
  readonly credentials: readonly Credentials[];
  readonly allowed: AddressTest | undefined;
  readonly maxBody: number;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** The status to answer with, and for which share of the calls. */
  readonly fault: { readonly status: number; readonly rate: number } | undefined;
  readonly delay: number;
  readonly shown: EventFilter;
  readonly readyFile: string | undefined;
  readonly retention: Retention;
}

/** commander's own reading of the flags in command.ts. */
interface Typed {
  readonly port: string;
  readonly host: string;
  readonly path?: string;
  readonly auth?: readonly string[];
  readonly allow?: readonly string[];
  readonly unprotected?: boolean;
  readonly maxBody: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly respond?: string;
  readonly respondRate: string;
  readonly delay?: string;
  readonly channel?: readonly string[];
  readonly event?: readonly string[];
  readonly panel?: readonly string[];
  readonly readyFile?: string;
  readonly keep: string;
  readonly keepFor: string;
}

const largestBody = 1024 ** 3;

/** Works out what was typed; `warn` is told what is risky but not wrong. */
export async function readListenOptions(
  input: CommandInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ListenOptions> {
  const typed = input.options as unknown as Typed;
  const { host } = context;
  const fromEnvironment = host.env.NETCORE_HOOK_LISTEN_AUTH;
  const auth = typed.auth ?? (fromEnvironment ? [fromEnvironment] : []);
  const allow = commaList(typed.allow ?? []);
  const options: ListenOptions = {
    port: portNumber('--port', typed.port),
    host: typed.host,
    path: typed.path === undefined ? undefined : readPath(typed.path),
    allowed: allow.length > 0 ? addressSet('--allow', allow) : undefined,
    maxBody: byteSize('--max-body', typed.maxBody, largestBody),
    fault: readFault(typed),
    delay: typed.delay === undefined ? 0 : duration('--delay', typed.delay, longestTimer),
    shown: readEventFilter(typed),
    readyFile: typed.readyFile === undefined ? undefined : resolve(host.cwd, typed.readyFile),
    retention: readRetention(typed),
    tls: await readTls(typed, host.cwd),
    credentials: await Promise.all(
      auth.map((value) => readCredentials('--auth', value, context, warn)),
    ),
  };
  const beyondLoopback = !isLoopback(options.host);
  if (beyondLoopback && options.credentials.length === 0 && !options.allowed) {
    if (!typed.unprotected) throw problem('listen_unprotected', { host: options.host });
    warn(
      'unprotected',
      `Everyone who can reach ${options.host} may post here: there is neither --auth nor --allow.`,
    );
  }
  return options;
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
  return {
    cert: await readPem(resolve(cwd, typed.tlsCert)),
    key: await readPem(resolve(cwd, typed.tlsKey)),
  };
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
}
