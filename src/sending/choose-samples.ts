import { commaList } from '../cli/options/values.js';
import type { Host } from '../host.js';
import type { JsonObject } from '../payload/build/json.js';
import type { Freshness, PayloadSource } from '../payload/build/plan-payloads.js';
import { seededRandom } from '../payload/build/random.js';
import type { WallClock } from '../payload/build/wall-clock.js';
import { type Channel, canonicalActivity, channels } from '../payload/channels.js';
import { readChannel } from '../payload/read-channel.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import { listSamples, type Sample } from '../sample-files.js';

/**
 * The samples for typed channels and activities (names, comma-separated lists, `all`), in the
 * requested order. Without activities, takes the sample of Netcore's page. Throws for an explicitly
 * named sample that does not exist, and skips those that only `all` implies. `named`: the option
 * names for problems.
 */
export function chooseSamples(
  typedChannels: readonly string[],
  typedActivities: readonly string[],
  named = { channel: '--channel', activity: '--event' },
): Sample[] {
  const samples = listSamples();
  const { names, all } = readChannels(typedChannels, named.channel);
  const wanted = commaList(typedActivities, named.activity);
  const byChannel = names.map((channel) => {
    const own = samples.filter((sample) => sample.channel === channel);
    if (wanted.length === 0) return own.filter((sample) => sample.source === 'page');
    if (wanted.some(isAll)) return own;
    return [...new Set(wanted.flatMap((name) => own.filter((sample) => isNamed(sample, name))))];
  });
  for (const name of wanted) {
    if (!isAll(name) && !byChannel.flat().some((sample) => isNamed(sample, name))) {
      throw unknownActivity(name, names, samples);
    }
  }
  const empty = names.find((_, index) => byChannel[index]?.length === 0);
  if (empty !== undefined && !all) throw unknownActivity(wanted.join(','), [empty], samples);
  return byChannel.flat();
}

function isAll(word: string): boolean {
  return word.toLowerCase() === 'all';
}

function readChannels(
  typed: readonly string[],
  option: string,
): { names: Channel[]; all: boolean } {
  const words = commaList(typed, option);
  if (words.some(isAll)) return { names: [...channels], all: true };
  return { names: [...new Set(words.map(readChannel))], all: false };
}

/** Accepts any spelling; an activity of custom_activity also matches the client's name. */
function isNamed(sample: Sample, typed: string): boolean {
  const name = typed.toLowerCase();
  return (
    sample.activity === (canonicalActivity(typed) ?? name) ||
    clientNamesOf(sample).some((own) => own.toLowerCase() === name)
  );
}

function clientNamesOf({ channel, payload }: Sample): string[] {
  if (channel !== 'custom_activity') return [];
  return Object.values(payload)
    .flat()
    .map((event) => event.event_params)
    .flatMap((params) =>
      typeof params === 'object' && params !== null && 'asset_name' in params
        ? [String(params.asset_name)]
        : [],
    );
}

function unknownActivity(name: string, of: readonly Channel[], samples: readonly Sample[]): Error {
  const known = samples.filter((sample) => of.includes(sample.channel));
  const names = known.flatMap((sample) => [sample.activity, ...clientNamesOf(sample)]);
  const others = samples.filter(
    (sample) => sample.channel !== 'custom_activity' && isNamed(sample, name),
  );
  const has = [...new Set(others.map(({ channel }) => channel))];
  return problem('unknown_activity', {
    ...(has.length > 0 && { elsewhere: `Channels with ${name}: ${has.join(', ')}.` }),
    name,
    of: of.length === channels.length ? 'any channel' : of.join(', '),
    nearest: nearest(name, names),
    all: [...new Set(names)],
  });
}

/** Samples by channel and activity; all of them when both are empty. */
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

/** A seed fixes the times too, so that the same command prints the same output later. */
export function freshnessOf(
  {
    tz: show,
    seed,
  }: {
    /** Formats a moment in the panel's time zone. */
    readonly tz: (moment: number) => WallClock;
    readonly seed: number | undefined;
  },
  host: Pick<Host, 'now' | 'randomBytes'>,
): Freshness {
  if (seed === undefined) {
    const [a = 0, b = 0, c = 0, d = 0] = host.randomBytes(4);
    const random = seededRandom(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
    return { random, now: host.now, clockAt: show };
  }
  const random = seededRandom(seed);
  const moment = Date.UTC(2026, 0, 1) + random(365 * 24 * 60 * 60) * 1000;
  return { random, now: () => moment, clockAt: show };
}
