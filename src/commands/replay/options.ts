import type { HeaderPairs } from '../../call/call.js';
import type { CaptureQuery } from '../../call/capture-query.js';
import type { Credentials } from '../../call/plan-call.js';
import { captureQuery, givenFilter } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { nearestAuth, readCredentials, readPrintedCredentials } from '../../cli/credentials.js';
import type { PrintForm } from '../../cli/options/calling.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { replayOptions } from '../../cli/options/sending.js';
import { targetUrl } from '../../cli/options/values.js';
import { problem } from '../../problems/problem.js';

export interface ReplayOptions {
  readonly selection: Selection;
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  /** Calls per second. */
  readonly rate: number | undefined;
  /** The speed factor relative to the recording; undefined: without pauses. */
  readonly speed: number | undefined;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  readonly print: PrintForm | undefined;
  readonly bisect: boolean;
  readonly yes: boolean;
}

export type Selection =
  | { readonly kind: 'ids'; readonly references: readonly string[] }
  /** `last`: only this many of the newest. */
  | { readonly kind: 'query'; readonly query: CaptureQuery; readonly last: number | undefined }
  | { readonly kind: 'file'; readonly file: string };

export type ReplayInput = CommandInput<OptionValues<typeof replayOptions>>;

/** Resolves the options; calls `warn` for risky ones. */
export async function readReplayOptions(
  input: ReplayInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ReplayOptions> {
  const { options: values } = input;
  const { to, print, rate, bisect, insecure, yes } = values;
  const selection = readSelection(input, context.host.now());
  // Printed calls are not sent, so the default URL need not exist.
  if (to === undefined && print === undefined) throw problem('target_missing', {});
  const target = to ?? targetUrl('--to', ':3000/hook');
  const speed = values.speed === 'max' ? undefined : values.speed;
  if (speed !== undefined && rate !== undefined) throw together('--speed', '--rate');
  if (bisect && print !== undefined) throw together('--bisect', '--print');
  const options = {
    selection,
    url: target.url,
    headers: values.header,
    ...{ rate, speed, insecure, print, bisect, yes },
    concurrency: values.concurrency ?? (speed === undefined ? 1 : 16),
    timeout: Math.max(1, values.timeout),
  };
  const auth = nearestAuth(target, input);
  const read = print === undefined ? readCredentials : readPrintedCredentials;
  const credentials = auth === undefined ? target.credentials : await read(auth, context, warn);
  if (insecure && print === undefined) {
    warn('insecure', `TLS verification is off for ${options.url.host} (--insecure).`);
  }
  return { ...options, credentials };
}

function readSelection(input: ReplayInput, now: number): Selection {
  const { words, options } = input;
  const { from: file, last } = options;
  const ways = [
    words.length > 0 ? 'An id' : undefined,
    file === undefined ? undefined : '--from',
    last === undefined ? givenFilter(input) : '--last',
  ].filter((way) => way !== undefined);
  const [way, other] = ways;
  if (way === undefined) throw problem('nothing_selected', {});
  if (other !== undefined) throw together(way, other);
  if (file !== undefined) return { kind: 'file', file };
  if (words.length > 0) return { kind: 'ids', references: words };
  return { kind: 'query', query: captureQuery(options, now), last };
}

function together(one: string, other: string): Error {
  return problem('usage', {
    message: `${one} and ${other} cannot be combined.`,
    hint: 'Remove one of them.',
  });
}
