import type { CommandContext } from '../../cli/command.js';
import { type Edit, readEdit } from '../../payload/build/edit.js';
import type { JsonObject } from '../../payload/build/json.js';
import type { Freshness, PayloadSource } from '../../payload/build/plan-payloads.js';
import { seededRandom } from '../../payload/build/random.js';
import { problem } from '../../problems/problem.js';
import { chooseSamples } from '../choose-samples.js';
import { readInput } from '../input.js';
import type { SendInput } from './input.js';

/** What the calls of a run hold. */
export type Content =
  | {
      readonly kind: 'payloads';
      readonly sources: readonly PayloadSource[];
      readonly edits: readonly Edit[];
      readonly batch: number | undefined;
      readonly panel: string | undefined;
      readonly fresh: Freshness | undefined;
    }
  | { readonly kind: 'raw'; readonly body: Uint8Array };

type Option = keyof SendInput['options'];

/** What cannot be combined, because one of the two would do nothing. */
const conflicts: readonly (readonly [option: Option, others: readonly Option[]])[] = [
  ['raw', ['data', 'like', 'channel', 'event', 'set', 'add', 'unset', 'panel', 'batch']],
  ['raw', ['tz', 'seed', 'verbatim']],
  ['data', ['like', 'channel', 'event', 'tz', 'seed']],
  ['like', ['channel', 'event', 'tz', 'seed']],
  ['verbatim', ['tz', 'seed']],
];

export async function readContent(
  input: SendInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Content> {
  refuseConflicts(input);
  const { options, from } = input;
  if (options.raw !== undefined) {
    if (options.print === 'json') {
      throw problem('usage', {
        message: '--print json shows a payload, and --raw is sent unread.',
        hint: 'Try: --print form',
      });
    }
    return { kind: 'raw', body: await readInput(options.raw, context) };
  }
  const edits = [
    ...options.add.map((text) => readEdit('add', text)),
    ...options.set.map((text) => readEdit('set', text)),
    ...options.unset.map((text) => readEdit('unset', text)),
  ];
  const { batch, verbatim } = options;
  const isOwn = options.data !== undefined || options.like !== undefined;
  // What is sent as it is keeps its panel, unless another one is asked for now.
  const panel = (isOwn || verbatim) && from('panel').kind !== 'flag' ? undefined : options.panel;
  if (isOwn) {
    const sources = await readOwn(options, context, warn);
    return { kind: 'payloads', sources, edits, batch, panel, fresh: undefined };
  }
  const sources = sampleSources(options.channel, options.event);
  const fresh = verbatim ? undefined : freshnessOf(options, context);
  return { kind: 'payloads', sources, edits, batch, panel, fresh };
}

/** Samples by channel and activity, or all of them. */
export function sampleSources(
  channels: readonly string[],
  activities: readonly string[],
): PayloadSource[] {
  return chooseSamples(channels, activities).map(({ channel, activity, payload }) => ({
    name: channel === 'custom_activity' ? channel : `${channel} ${activity}`,
    payload: payload as unknown as JsonObject,
    channel,
  }));
}

/** Payloads that are the user's: a file's, or a capture's. */
async function readOwn(
  { data, like }: SendInput['options'],
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<PayloadSource[]> {
  if (data !== undefined) {
    const { readOwnPayloads } = await import('./own-payloads.js');
    return readOwnPayloads(await readInput(data, context), data, warn);
  }
  const { payloadOfCapture } = await import('./captured-payload.js');
  return like === undefined ? [] : [payloadOfCapture(like, context)];
}

function refuseConflicts({ from }: SendInput): void {
  const isTyped = (option: Option) => from(option).kind === 'flag';
  for (const [option, others] of conflicts) {
    const other = isTyped(option) ? others.find(isTyped) : undefined;
    if (other === undefined) continue;
    throw problem('usage', {
      message: `--${option} and --${other} do not go together.`,
      hint: `Leave one of them out.`,
    });
  }
}

/** A seed repeats the times too, else the same command would print something else a second later. */
export function freshnessOf(
  { tz: show, seed }: Pick<SendInput['options'], 'tz' | 'seed'>,
  { host }: CommandContext,
): Freshness {
  if (seed === undefined) {
    const [a = 0, b = 0, c = 0, d = 0] = host.randomBytes(4);
    const random = seededRandom(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
    return { random, clock: () => show(host.now()) };
  }
  const random = seededRandom(seed);
  const clock = show(Date.UTC(2026, 0, 1) + random(365 * 24 * 60 * 60) * 1000);
  return { random, clock: () => clock };
}
