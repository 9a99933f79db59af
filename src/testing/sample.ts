import { basicAuthorization, formType } from '../call/plan-call.js';
import type { Edit } from '../payload/build/edit.js';
import { readEventPath } from '../payload/build/event-path.js';
import type { Json, JsonObject } from '../payload/build/json.js';
import { planPayloads } from '../payload/build/plan-payloads.js';
import { seededRandom } from '../payload/build/random.js';
import { wallClockOf } from '../payload/build/wall-clock.js';
import { activities, type Channel, canonicalActivity, channels } from '../payload/channels.js';
import { writeForm } from '../payload/form-codec.js';
import type { EventOf } from '../payload/schema.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import { listSamples, type Sample } from '../sample-files.js';
import { readVersion } from '../version.js';
import { readCredentials } from './credentials.js';

import { type PostOptions, post } from './post.js';
import type { PostAnswer } from './post-answer.js';

/** The activities of a channel. */
export type ActivityOf<C extends Channel> = (typeof activities)[C][number];

export interface SampleOptions {
  /** Values by path within the event: `{ 'event_params.email': 'asha@example.com' }`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Values for keys that the sample lacks. */
  readonly add?: Readonly<Record<string, unknown>>;
  /** Paths to remove. */
  readonly unset?: readonly string[];
  /** Number of events in the call. Default 1. */
  readonly events?: number;
  /** Default `netcore_hook_test`. */
  readonly panel?: string;
  /** `user:password`: adds the header that Netcore sends for it. */
  readonly auth?: string;
  /** Keeps the sample's message id and times; by default they are new in every call. */
  readonly verbatim?: boolean;
  /** The time of the events, in milliseconds since 1970. Default: now. */
  readonly time?: number;
  /** The time zone of the payload. Default Asia/Kolkata. */
  readonly tz?: string;
}

/** A call for one channel and activity, in every form that a test needs. */
export interface SampleCall<C extends Channel = Channel> {
  /** Panel → events. */
  readonly payload: Readonly<Record<string, readonly EventOf<C>[]>>;
  /** The events alone. */
  readonly events: readonly EventOf<C>[];
  /** The form body: `data=%7B…`. */
  readonly body: string;
  /** The headers that Netcore sends: with `body`, all that `fetch` or `inject` needs. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes a call as Netcore does, with invented people. Message ids and times are new in every call,
 * so that a deduplicating handler accepts it. @throws Problem for a channel, an activity or a path
 * that does not exist.
 */
export function sample<C extends Channel>(
  channel: C,
  activity: ActivityOf<C>,
  options: SampleOptions = {},
): SampleCall<C> {
  const { events = 1, panel, auth, verbatim = false, time = Date.now() } = options;
  const { payload } = findSample(channel, activity);
  const source = { name: channel, payload: payload as unknown as JsonObject, channel };
  const clock = wallClockOf('tz', options.tz ?? 'Asia/Kolkata');
  const plan = planPayloads([source], {
    edits: editsOf(options),
    batch: events,
    panel,
    fresh: verbatim
      ? undefined
      : { now: () => time, clockAt: clock, random: seededRandom(nextSeed()) },
  });
  const { json } = plan.build(0);
  const built = JSON.parse(json) as SampleCall<C>['payload'];
  return {
    payload: built,
    events: Object.values(built).flat(),
    body: writeForm(json),
    headers: {
      'User-Agent': `netcore-hook/${readVersion()}`,
      'Content-Type': formType,
      ...(auth !== undefined && { Authorization: basicAuthorization(readCredentials(auth)) }),
    },
  };
}

/** Posts a sample to a handler, and resolves to its answer. */
export function sendSample<C extends Channel>(
  url: string | URL,
  channel: C,
  activity: ActivityOf<C>,
  options: SampleOptions & PostOptions = {},
): Promise<PostAnswer> {
  return post(url, sample(channel, activity, options), options);
}

function findSample(channel: Channel, activity: string): Sample {
  if (!channels.includes(channel)) {
    throw problem('unknown_channel', {
      name: channel,
      nearest: nearest(channel, channels),
      all: channels,
    });
  }
  const all: readonly string[] = activities[channel];
  const wanted = all.includes(activity) ? activity : canonicalActivity(activity);
  const found = listSamples().find((one) => one.channel === channel && one.activity === wanted);
  if (found) return found;
  throw problem('unknown_activity', {
    name: activity,
    of: channel,
    nearest: nearest(activity, all),
    all,
  });
}

function editsOf({ set = {}, add = {}, unset = [] }: SampleOptions): Edit[] {
  const given = (kind: 'set' | 'add', values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(
      ([path, value]): Edit => ({
        kind,
        path: readEventPath(kind, path),
        value: { kind: 'json', json: value as Json },
      }),
    );
  return [
    ...given('add', add),
    ...given('set', set),
    ...unset.map((path): Edit => ({ kind: 'unset', path: readEventPath('unset', path) })),
  ];
}

function nextSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
