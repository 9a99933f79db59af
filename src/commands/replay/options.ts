import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery, givenFilter } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { PrintForm } from '../../cli/options/calling.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { replayOptions } from '../../cli/options/sending.js';
import { notCombined } from '../../cli/reject-arguments.js';
import { problem } from '../../problems/problem.js';
import { type CallTarget, readCallTarget } from '../../sending/call-target.js';

export interface ReplayOptions extends CallTarget {
  readonly selection: Selection;
  /** Calls per second. */
  readonly rate: number | undefined;
  /** The speed factor relative to the recording; undefined: without pauses. */
  readonly speed: number | undefined;
  readonly concurrency: number;
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
  const { to, print, rate, bisect, yes } = values;
  const selection = readSelection(input, context.host.now());
  if (to === undefined && print === undefined) throw problem('target_missing', {});
  const speed = values.speed === 'max' ? undefined : values.speed;
  if (speed !== undefined && rate !== undefined) throw notCombined('--speed', '--rate');
  if (bisect && print !== undefined) throw notCombined('--bisect', '--print');
  const concurrency = values.concurrency ?? (speed === undefined ? 1 : 16);
  const isPrinted = print !== undefined;
  const target = await readCallTarget(input, () => ':3000/hook', { context, isPrinted, warn });
  return { ...target, selection, rate, speed, concurrency, print, bisect, yes };
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
  if (other !== undefined) throw notCombined(way, other);
  if (file !== undefined) return { kind: 'file', file };
  if (words.length > 0) return { kind: 'ids', references: words };
  return { kind: 'query', query: captureQuery(options, now), last };
}
