import type { HeaderPairs } from '../../call/call.js';
import { type Credentials, parseHeader } from '../../call/plan-call.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readCredentials, readPrintedCredentials } from '../../cli/credentials.js';
import {
  decimal,
  duration,
  longestTimer,
  targetUrl,
  wholeNumber,
  withoutUserinfo,
} from '../../cli/option-values.js';
import type { PrintForm } from '../../cli/print-option.js';
import { noPresets, readSetting } from '../../cli/setting.js';
import { problem } from '../../problems/problem.js';
import { defaultTarget } from '../default-target.js';
import { mostConcurrent } from '../send-calls.js';
import { type Content, readContent } from './content.js';
import type { TypedSend } from './typed.js';

/** What `send` was asked to do. */
export interface SendOptions {
  readonly content: Content;
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  /** How many calls in all; undefined: each source once. */
  readonly count: number | undefined;
  /** Calls per second; undefined: as fast as they are answered. */
  readonly rate: number | undefined;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  readonly print: PrintForm | undefined;
  readonly yes: boolean;
}

/** commander leaves an option that was not given undefined. */
type Repeated = 'channel' | 'event' | 'header' | 'set' | 'add' | 'unset';
type AsParsed = Omit<TypedSend, Repeated | 'to' | 'auth'> &
  Partial<Pick<TypedSend, Repeated>> & { readonly to?: string; readonly auth?: string };

/** The command line, and the environment where it says nothing. */
export function readTyped(input: CommandInput, context: CommandContext): TypedSend {
  const [word] = input.words;
  if (word !== undefined) {
    throw problem('usage', {
      message: `send takes options only, and "${withoutUserinfo(word)}" is none.`,
      hint: word.includes(':')
        ? 'A URL is given with --to.'
        : `Try: netcore-hook send --channel ${word}`,
    });
  }
  const { presets } = context;
  const typed = input.options as unknown as AsParsed;
  const to = readSetting('--to', typed.to, 'NETCORE_HOOK_TO', presets);
  // Credentials in the URL are nearer to the call than those that are there for every call.
  const inUrl = to !== undefined && targetUrl(to.name, to.value).credentials !== undefined;
  const auth = readSetting('--auth', typed.auth, 'NETCORE_HOOK_AUTH', inUrl ? noPresets : presets);
  return {
    channel: [],
    event: [],
    header: [],
    set: [],
    add: [],
    unset: [],
    ...typed,
    to,
    auth,
  };
}

/** Works out what was typed; `warn` is told what is risky but not wrong. */
export async function readSendOptions(
  typed: TypedSend,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<SendOptions> {
  const { name, value } = typed.to ?? { name: '--to', value: await defaultTarget(context) };
  const to = targetUrl(name, value);
  const most = { min: 1, max: 1_000_000_000 };
  const options = {
    url: to.url,
    headers: typed.header.map((text) => parseHeader('--header', text)),
    count: typed.count === undefined ? undefined : wholeNumber('--count', typed.count, most),
    rate:
      typed.rate === undefined
        ? undefined
        : decimal('--rate', typed.rate, { min: 0.001, max: 1_000_000 }),
    concurrency: wholeNumber('--concurrency', typed.concurrency, { min: 1, max: mostConcurrent }),
    timeout: Math.max(1, duration('--timeout', typed.timeout, longestTimer)),
    insecure: typed.insecure === true,
    print: typed.print,
    yes: typed.yes === true,
    content: await readContent(typed, context, warn),
  };
  const credentials = await readAuth(typed, context, warn);
  if (options.insecure && options.print === undefined) {
    warn('insecure', `Whoever answers for ${options.url.host} is believed: --insecure.`);
  }
  return { ...options, credentials: credentials ?? to.credentials };
}

async function readAuth(
  { auth, print }: TypedSend,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Credentials | undefined> {
  if (auth === undefined) return undefined;
  const read = print === undefined ? readCredentials : readPrintedCredentials;
  return read(auth.name, auth.value, context, warn);
}
