import type { CommandContext } from '../../cli/command.js';
import { panelName, wholeNumber } from '../../cli/option-values.js';
import { noPresets, readSetting, type Setting } from '../../cli/setting.js';
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
  ['raw', ['data', 'like', 'channel', 'event', 'set', 'add', 'unset', 'panel', 'batch']],
  ['raw', ['tz', 'seed', 'verbatim']],
  ['data', ['like', 'channel', 'event', 'tz', 'seed']],
  ['like', ['channel', 'event', 'tz', 'seed']],
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
  if (typed.data !== undefined || typed.like !== undefined) {
    const sources = await readOwn(typed, context, warn);
    const panel = panelOf(readSetting('--panel', typed.panel));
    return { kind: 'payloads', sources, edits, batch, panel, fresh: undefined };
  }
  const sources = chooseSamples(typed.channel, typed.event).map(
    ({ channel, activity, payload }): PayloadSource => ({
      name: channel === 'custom_activity' ? channel : `${channel} ${activity}`,
      payload: payload as unknown as JsonObject,
      channel,
    }),
  );
  const { presets } = context;
  const verbatim = typed.verbatim === true;
  const panel = panelOf(
    readSetting('--panel', typed.panel, 'NETCORE_HOOK_PANEL', verbatim ? noPresets : presets),
  );
  const fresh = verbatim ? undefined : readFreshness(typed, context);
  return { kind: 'payloads', sources, edits, batch, panel, fresh };
}

/** Payloads that are the user's: a file's, or a capture's. */
async function readOwn(
  { data, like }: TypedSend,
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

function panelOf(setting: Setting | undefined): string | undefined {
  return setting && panelName(setting.name, setting.value);
}

/** A seed repeats the times too, else the same command would print something else a second later. */
function readFreshness(typed: TypedSend, { host, presets }: CommandContext): Freshness {
  const { name, value } = readSetting('--tz', typed.tz, 'NETCORE_HOOK_TZ', presets) ?? usualZone;
  const show = wallClockOf(name, value);
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

/** Where Netcore is at home. */
const usualZone: Setting = { name: '--tz', value: 'Asia/Kolkata' };
