import { readdirSync, readFileSync } from 'node:fs';
import { packageRoot } from './package-root.js';
import { activities, type Channel, channels } from './payload/channels.js';
import type { Payload } from './payload/payload.js';

/** The payload of a call for one channel and activity, from `samples/`. */
export interface Sample {
  readonly channel: Channel;
  /** Canonical; `activity` for custom_activity, whose activities clients name. */
  readonly activity: string;
  /** `page` (Netcore's webhook page documents it) or `derived from <channel>/<activity>`. */
  readonly source: string;
  readonly payload: Payload;
}

/** Every sample, in the order of Netcore's table of channels and activities. */
export function listSamples(): Sample[] {
  return channels.flatMap((channel) =>
    activities[channel].map((activity) => readSample(channel, activity)),
  );
}

/** Names come from the table of channels, so user input never becomes a path. */
function readSample(channel: Channel, activity: string): Sample {
  const url = new URL(`samples/${channel}/${activity}.json`, packageRoot);
  const { source, payload }: Pick<Sample, 'source' | 'payload'> = JSON.parse(
    readFileSync(url, 'utf8'),
  );
  return { channel, activity, source, payload };
}

const journeyFolder = new URL('samples/journeys/', packageRoot);

/** The names of the built-in journeys. */
export function journeyNames(): string[] {
  return readdirSync(journeyFolder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** The file of a built-in journey. `name` must be one of `journeyNames`. */
export function journeyText(name: string): string {
  return readFileSync(new URL(`${name}.json`, journeyFolder), 'utf8');
}
