import type { HeaderPairs } from '../../call/call.js';
import { type Credentials, parseHeader } from '../../call/plan-call.js';
import { captureFilterFlags, type TypedCaptureFilter } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readCredentials, readPrintedCredentials } from '../../cli/credentials.js';
import {
  decimal,
  duration,
  longestTimer,
  targetUrl,
  wholeNumber,
} from '../../cli/option-values.js';
import type { PrintForm } from '../../cli/print-option.js';
import { noPresets, readSetting } from '../../cli/setting.js';
import { problem } from '../../problems/problem.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import { readCaptureQuery } from '../capture-query.js';
import { maxCaptures } from '../retention.js';
import { mostConcurrent } from '../send-calls.js';

/** What `replay` was asked to do. */
export interface ReplayOptions {
  readonly selection: Selection;
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  /** Calls per second. */
  readonly rate: number | undefined;
  /** How many times as fast as they were recorded; undefined: without their spacing. */
  readonly speed: number | undefined;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  readonly print: PrintForm | undefined;
  readonly bisect: boolean;
  readonly yes: boolean;
}

/** Which captures are to be sent again. */
export type Selection =
  | { readonly kind: 'ids'; readonly references: readonly string[] }
  /** `last`: only the newest so many. */
  | { readonly kind: 'query'; readonly query: CaptureQuery; readonly last: number | undefined }
  | { readonly kind: 'file'; readonly file: string };

/** commander's own reading of the flags in command.ts. */
interface Typed extends TypedCaptureFilter {
  readonly last?: string;
  readonly from?: string;
  readonly to?: string;
  readonly auth?: string;
  readonly header?: readonly string[];
  readonly speed: string;
  readonly rate?: string;
  readonly concurrency?: string;
  readonly timeout: string;
  readonly insecure?: boolean;
  readonly print?: PrintForm;
  readonly bisect?: boolean;
  readonly yes?: boolean;
}

/** Works out what was typed; `warn` is told what is risky but not wrong. */
export async function readReplayOptions(
  input: CommandInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ReplayOptions> {
  const typed = input.options as unknown as Typed;
  const { presets } = context;
  const selection = readSelection(input.words, typed, context.host.now());
  const to = readSetting('--to', typed.to, 'NETCORE_HOOK_TO', presets);
  // What is printed goes nowhere, so any URL will do.
  if (to === undefined && typed.print === undefined) throw problem('target_missing', {});
  const target = targetUrl(to?.name ?? '--to', to?.value ?? ':3000/hook');
  const speed = readSpeed(typed.speed);
  if (speed !== undefined && typed.rate !== undefined) {
    throw together('--speed', '--rate');
  }
  const concurrency = typed.concurrency ?? (speed === undefined ? '1' : '16');
  const options = {
    selection,
    url: target.url,
    headers: (typed.header ?? []).map((text) => parseHeader('--header', text)),
    rate:
      typed.rate === undefined
        ? undefined
        : decimal('--rate', typed.rate, { min: 0.001, max: 1_000_000 }),
    speed,
    concurrency: wholeNumber('--concurrency', concurrency, { min: 1, max: mostConcurrent }),
    timeout: Math.max(1, duration('--timeout', typed.timeout, longestTimer)),
    insecure: typed.insecure === true,
    print: typed.print,
    bisect: typed.bisect === true,
    yes: typed.yes === true,
  };
  if (options.bisect && options.print !== undefined) throw together('--bisect', '--print');
  // Credentials in the URL are nearer to the call than those that are there for every call.
  const auth = readSetting(
    '--auth',
    typed.auth,
    'NETCORE_HOOK_AUTH',
    target.credentials ? noPresets : presets,
  );
  const read = typed.print === undefined ? readCredentials : readPrintedCredentials;
  const credentials =
    auth === undefined ? target.credentials : await read(auth.name, auth.value, context, warn);
  if (options.insecure && options.print === undefined) {
    warn('insecure', `Whoever answers for ${options.url.host} is believed: --insecure.`);
  }
  return { ...options, credentials };
}

function readSelection(words: readonly string[], typed: Typed, now: number): Selection {
  const filter = captureFilterFlags.find((flag) => typed[flag] !== undefined);
  const ways = [
    words.length > 0 ? 'An id' : undefined,
    typed.from === undefined ? undefined : '--from',
    typed.last === undefined ? filter && `--${filter}` : '--last',
  ].filter((way) => way !== undefined);
  const [way, other] = ways;
  if (way === undefined) throw problem('nothing_selected', {});
  if (other !== undefined) throw together(way, other);
  if (typed.from !== undefined) return { kind: 'file', file: typed.from };
  if (words.length > 0) return { kind: 'ids', references: words };
  return {
    kind: 'query',
    query: readCaptureQuery(typed, now),
    last:
      typed.last === undefined
        ? undefined
        : wholeNumber('--last', typed.last, { min: 1, max: maxCaptures }),
  };
}

function together(one: string, other: string): Error {
  return problem('usage', {
    message: `${one} and ${other} do not go together.`,
    hint: 'Leave one of them out.',
  });
}

function readSpeed(typed: string): number | undefined {
  if (typed === 'max') return undefined;
  const [, factor] = /^(\d*\.?\d+)x?$/.exec(typed) ?? [];
  const speed = Number(factor);
  if (speed > 0) return speed;
  throw problem('invalid_value', {
    what: '--speed',
    value: typed,
    reason: 'it is no speed',
    hint: 'Write it like 1x, 10x or max.',
  });
}
