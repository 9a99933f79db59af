import type { CommandContext } from '../../cli/command.js';
import { wholeNumber } from '../../cli/option-values.js';
import { type Edit, readEdit } from '../../payload/build/edit.js';
import type { JsonObject } from '../../payload/build/json.js';
import type { Freshness, PayloadSource } from '../../payload/build/plan-payloads.js';
import { seededRandom } from '../../payload/build/random.js';
import { wallClockOf } from '../../payload/build/wall-clock.js';
import { problem } from '../../problems/problem.js';
import { chooseSamples } from '../choose-samples.js';
import { readInput } from '../input.js';
import type { TypedSend } from './typed.js';

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

type Flag = keyof TypedSend & string;

/** What cannot be combined, because one of the two would do nothing. */
const conflicts: readonly (readonly [flag: Flag, others: readonly Flag[]])[] = [
  ['raw', ['data', 'channel', 'event', 'set', 'add', 'unset', 'panel', 'batch']],
  ['raw', ['tz', 'seed', 'verbatim']],
  ['data', ['channel', 'event', 'tz', 'seed']],
  ['verbatim', ['tz', 'seed']],
];

export async function readContent(
  typed: TypedSend,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Content> {
  refuseConflicts(typed);
  if (typed.raw !== undefined) {
    if (typed.print === 'json') {
      throw problem('usage', {
        message: '--print json shows a payload, and --raw is sent unread.',
        hint: 'Try: --print form',
      });
    }
    return { kind: 'raw', body: await readInput(typed.raw, context) };
  }
  const edits = [
    ...typed.add.map((text) => readEdit('add', text)),
    ...typed.set.map((text) => readEdit('set', text)),
    ...typed.unset.map((text) => readEdit('unset', text)),
  ];
  const batch =
    typed.batch === undefined
      ? undefined
      : wholeNumber('--batch', typed.batch, { min: 1, max: 100_000 });
  if (typed.data !== undefined) {
    const { readOwnPayloads } = await import('./own-payloads.js');
    const sources = readOwnPayloads(await readInput(typed.data, context), typed.data, warn);
    const panel = readPanel(typed.panel);
    return { kind: 'payloads', sources, edits, batch, panel, fresh: undefined };
  }
  const sources = chooseSamples(typed.channel, typed.event).map(
    ({ channel, activity, payload }): PayloadSource => ({
      name: channel === 'custom_activity' ? channel : `${channel} ${activity}`,
      payload: payload as unknown as JsonObject,
      channel,
    }),
  );
  const { env } = context.host;
  const verbatim = typed.verbatim === true;
  const panel = readPanel(typed.panel ?? (verbatim ? undefined : env.NETCORE_HOOK_PANEL));
  const fresh = verbatim ? undefined : readFreshness(typed, context);
  return { kind: 'payloads', sources, edits, batch, panel, fresh };
}

function refuseConflicts(typed: TypedSend): void {
  const isGiven = (flag: Flag) => {
    const value = typed[flag];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  };
  for (const [flag, others] of conflicts) {
    const other = isGiven(flag) ? others.find(isGiven) : undefined;
    if (other === undefined) continue;
    throw problem('usage', {
      message: `--${flag} and --${other} do not go together.`,
      hint: `Leave one of them out.`,
    });
  }
}

function readPanel(typed: string | undefined): string | undefined {
  if (typed === undefined || typed === '') return undefined;
  const reason = typed.includes(',')
    ? 'send takes one panel'
    : ['__proto__', 'constructor', 'prototype'].includes(typed)
      ? 'no panel has that name'
      : undefined;
  if (reason === undefined) return typed;
  throw problem('invalid_value', {
    what: '--panel',
    value: typed,
    reason,
    hint: 'Write it like --panel netcore_hook_test.',
  });
}

/** A seed repeats the times too, else the same command would print something else a second later. */
function readFreshness(typed: TypedSend, { host }: CommandContext): Freshness {
  const show = wallClockOf('--tz', typed.tz ?? (host.env.NETCORE_HOOK_TZ || 'Asia/Kolkata'));
  if (typed.seed === undefined) {
    const [a = 0, b = 0, c = 0, d = 0] = host.randomBytes(4);
    const random = seededRandom(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
    return { random, clock: () => show(host.now()) };
  }
  const random = seededRandom(
    wholeNumber('--seed', typed.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }),
  );
  const clock = show(Date.UTC(2026, 0, 1) + random(365 * 24 * 60 * 60) * 1000);
  return { random, clock: () => clock };
}
