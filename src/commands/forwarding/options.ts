import type { Destination } from '../../call/delivery.js';
import type { CommandContext } from '../../cli/command.js';
import { readCredentials } from '../../cli/credentials.js';
import { readEventFilter } from '../../cli/event-filter.js';
import {
  type Credentials,
  decimal,
  duration,
  longestTimer,
  targetUrl,
  wholeNumber,
  withoutPath,
  withoutUserinfo,
} from '../../cli/option-values.js';
import { noPresets, readSetting } from '../../cli/setting.js';
import type { EventFilter } from '../../payload/event-filter.js';
import { problem } from '../../problems/problem.js';
import { readRedisAddress, redisSchemes } from '../../queue/redis/address.js';
import { mostConcurrent } from '../send-calls.js';
import type { TypedAlerts, TypedForwarding } from './flags.js';

/** Where calls are forwarded to, and how. */
export interface ForwardingOptions {
  /** Without credentials. */
  readonly target: URL;
  /** `same`: those that the listener asks for. */
  readonly credentials: Credentials | 'same' | undefined;
  readonly keepPath: boolean;
  readonly all: boolean;
  /** A call goes whole if any of its events matches. */
  readonly filter: EventFilter;
  readonly concurrency: number;
  /** Calls a second; undefined: as fast as they are answered. */
  readonly rate: number | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly ordered: boolean;
  /** Tries until a call is given up; undefined: that depends on the answers. */
  readonly attempts: number | undefined;
  /** Milliseconds. */
  readonly giveUpAfter: number;
  /** The Redis that shares the queue; undefined: it lies in the store. */
  readonly queue: URL | undefined;
}

/** Where the calls of a listener lie until they are forwarded. */
export function destinationOf({ target, queue }: ForwardingOptions): Destination {
  return { url: target.href, queue: queue ? readRedisAddress(queue.href).text : '' };
}

/** Who is told when something is wrong, and what counts as that. Times in milliseconds. */
export interface AlertOptions {
  readonly command: string | undefined;
  readonly url: { readonly url: URL; readonly credentials: Credentials | undefined } | undefined;
  readonly every: number;
  readonly age: number;
  readonly silence: number | undefined;
}

const defaultTimeout = 15_000;
/** Longer than a weekend in which nobody looks after the handler. */
const defaultGiveUp = 7 * 24 * 60 * 60_000;
const defaultEvery = 15 * 60_000;
const defaultAge = 5 * 60_000;

/** What only makes sense with a URL to forward to. */
const needTarget = {
  keepPath: '--keep-path',
  forwardAuth: '--forward-auth',
  forwardChannel: '--forward-channel',
  forwardEvent: '--forward-event',
  forwardPanel: '--forward-panel',
  forwardAll: '--forward-all',
  forwardConcurrency: '--forward-concurrency',
  forwardRate: '--forward-rate',
  forwardTimeout: '--forward-timeout',
  ordered: '--ordered',
  attempts: '--attempts',
  giveUpAfter: '--give-up-after',
  queue: '--queue',
} as const satisfies Partial<Record<keyof TypedForwarding, string>>;

/** Works out what was typed; undefined: nothing is forwarded. */
export async function readForwardingOptions(
  typed: TypedForwarding,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ForwardingOptions | undefined> {
  const { presets } = context;
  const to = readSetting('--forward-to', typed.forwardTo);
  if (!to) {
    for (const [key, option] of Object.entries(needTarget)) {
      if (typed[key as keyof TypedForwarding] === undefined) continue;
      throw problem('usage', {
        message: `${option} is about forwarding, and there is no URL to forward to.`,
        hint: 'Add it: --forward-to http://localhost:3000/webhooks/netcore',
      });
    }
    return undefined;
  }
  const { url: target, credentials } = targetUrl(to.name, to.value);
  target.hash = '';
  const auth = readSetting(
    '--forward-auth',
    typed.forwardAuth,
    'NETCORE_HOOK_FORWARD_AUTH',
    credentials ? noPresets : presets,
  );
  const queue = readSetting('--queue', typed.queue, 'NETCORE_HOOK_QUEUE', presets);
  return {
    target,
    credentials: auth
      ? auth.value === 'same'
        ? 'same'
        : await readCredentials(auth.name, auth.value, context, warn)
      : credentials,
    keepPath: typed.keepPath === true,
    all: typed.forwardAll === true,
    filter: readEventFilter({
      channel: typed.forwardChannel,
      event: typed.forwardEvent,
      panel: typed.forwardPanel,
    }),
    concurrency:
      typed.forwardConcurrency === undefined
        ? 4
        : wholeNumber('--forward-concurrency', typed.forwardConcurrency, {
            min: 1,
            max: mostConcurrent,
          }),
    rate:
      typed.forwardRate === undefined
        ? undefined
        : decimal('--forward-rate', typed.forwardRate, { min: 0.001, max: 1_000_000 }),
    timeout:
      typed.forwardTimeout === undefined
        ? defaultTimeout
        : atLeastOne('--forward-timeout', typed.forwardTimeout, longestTimer),
    ordered: typed.ordered === true,
    attempts:
      typed.attempts === undefined
        ? undefined
        : wholeNumber('--attempts', typed.attempts, { min: 1, max: 1_000_000 }),
    giveUpAfter:
      typed.giveUpAfter === undefined
        ? defaultGiveUp
        : duration('--give-up-after', typed.giveUpAfter),
    queue: queue && redisUrl(queue.name, queue.value),
  };
}

/** Undefined: nobody is told anything. */
export function readAlertOptions(typed: TypedAlerts): AlertOptions | undefined {
  const command = readSetting('--alert-command', typed.alertCommand)?.value;
  const to = readSetting('--alert-url', typed.alertUrl);
  if (command === undefined && to === undefined) {
    const { alertEvery, alertAge, alertSilence } = typed;
    if (alertEvery ?? alertAge ?? alertSilence) {
      throw problem('usage', {
        message: 'There is nobody to alert: neither a command nor a URL is given.',
        hint: 'Add --alert-command or --alert-url.',
      });
    }
    return undefined;
  }
  return {
    command,
    url: to && { credentials: undefined, ...targetUrl(to.name, to.value, withoutPath) },
    every:
      typed.alertEvery === undefined ? defaultEvery : duration('--alert-every', typed.alertEvery),
    age: typed.alertAge === undefined ? defaultAge : duration('--alert-age', typed.alertAge),
    silence:
      typed.alertSilence === undefined
        ? undefined
        : atLeastOne('--alert-silence', typed.alertSilence, longestTimer),
  };
}

function atLeastOne(option: string, value: string, max: number): number {
  const ms = duration(option, value, max);
  if (ms > 0) return ms;
  throw problem('invalid_value', {
    what: option,
    value,
    reason: 'it leaves no time',
    hint: 'Write it like 10s.',
  });
}

/** Its userinfo stays in it: Redis takes a user and a password there. Throws `redis_url_invalid`. */
export function redisUrl(option: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && redisSchemes.has(url.protocol) && url.hostname !== '') {
    // It could hold a password, and is not read.
    url.search = '';
    url.hash = '';
    readRedisAddress(url.href);
    return url;
  }
  throw problem('invalid_value', {
    what: option,
    value: withoutUserinfo(value),
    reason: 'it is not the URL of a Redis',
    hint: 'Write it like redis://127.0.0.1:6379 or rediss://user:password@redis.example.com:6380/2.',
  });
}
