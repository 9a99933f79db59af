import type { Destination } from '../call/delivery.js';
import type { CommandContext, CommandInput } from '../cli/command.js';
import { readCredentials } from '../cli/credentials.js';
import { readEventFilter } from '../cli/event-filter.js';
import { type alerts, forwarding, queue } from '../cli/options/forwarding.js';
import type { OptionValues } from '../cli/options/option.js';
import type { Credentials } from '../cli/options/values.js';
import type { EventFilter } from '../payload/event-filter.js';
import { problem } from '../problems/problem.js';
import { readRedisAddress } from '../queue/redis/address.js';

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

export type ForwardingInput = CommandInput<
  OptionValues<{ readonly forwarding: typeof forwarding & { readonly queue: typeof queue } }>
>;
export type AlertInput = CommandInput<OptionValues<{ readonly alerts: typeof alerts }>>;

/** Works out where calls are forwarded to, and how; undefined: nowhere. */
export async function readForwardingOptions(
  { options, from }: ForwardingInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ForwardingOptions | undefined> {
  const { forwardTo: to } = options;
  if (to === undefined) {
    const stray = Object.keys({ ...forwarding, queue }).find(
      (attribute) => from(attribute as keyof typeof options).kind === 'flag',
    );
    if (stray === undefined) return undefined;
    throw problem('usage', {
      message: `${from(stray as keyof typeof options).name} requires a URL to forward to.`,
      hint: 'Add one: --forward-to http://localhost:3000/webhooks/netcore',
    });
  }
  const target = new URL(to.url);
  target.hash = '';
  // Credentials in the URL are nearer to it than those that are there for every call.
  const inUrl = to.credentials !== undefined && from('forwardAuth').kind !== 'flag';
  const asked = inUrl ? undefined : options.forwardAuth;
  const redisUrl = options.queue;
  if (redisUrl) readRedisAddress(redisUrl.href);
  return {
    target,
    credentials: asked
      ? asked.value === 'same'
        ? 'same'
        : await readCredentials(asked, context, warn)
      : to.credentials,
    keepPath: options.keepPath,
    all: options.forwardAll,
    filter: readEventFilter({
      channel: options.forwardChannel,
      event: options.forwardEvent,
      panel: options.forwardPanel,
    }),
    concurrency: options.forwardConcurrency,
    rate: options.forwardRate,
    timeout: options.forwardTimeout,
    ordered: options.ordered,
    attempts: options.attempts,
    giveUpAfter: options.giveUpAfter,
    queue: redisUrl,
  };
}

/** Undefined: nobody is told anything. */
export function readAlertOptions({ options, from }: AlertInput): AlertOptions | undefined {
  const { alertCommand: command, alertUrl: to, alertEvery, alertAge, alertSilence } = options;
  if (command === undefined && to === undefined) {
    const about = ['alertEvery', 'alertAge', 'alertSilence'] as const;
    if (about.every((attribute) => from(attribute).kind !== 'flag')) return undefined;
    throw problem('usage', {
      message: 'Alert options require a command or a URL.',
      hint: 'Add --alert-command or --alert-url.',
    });
  }
  return {
    command,
    url: to && { url: to.url, credentials: to.credentials },
    every: alertEvery,
    age: alertAge,
    silence: alertSilence,
  };
}
