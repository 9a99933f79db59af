import type { Destination } from '../call/delivery.js';
import type { CommandContext, CommandInput } from '../cli/command.js';
import { readCredentials } from '../cli/credentials.js';
import { readEventFilter } from '../cli/event-filter.js';
import { forwarding, queue } from '../cli/options/forwarding.js';
import type { OptionValues } from '../cli/options/option.js';
import type { Credentials } from '../cli/options/values.js';
import type { EventFilter } from '../payload/event-filter.js';
import { problem } from '../problems/problem.js';
import { readRedisAddress } from '../queue/redis/address.js';

/** The options of forwarding, checked. */
export interface ForwardingOptions {
  /** Without credentials. */
  readonly target: URL;
  /** `same`: the listener's own. */
  readonly credentials: Credentials | 'same' | undefined;
  readonly keepPath: boolean;
  readonly all: boolean;
  /** A call is forwarded whole if any of its events matches. */
  readonly filter: EventFilter;
  readonly concurrency: number;
  /** Attempts per second. Undefined: unlimited. */
  readonly rate: number | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly ordered: boolean;
  /** The maximum number of attempts. Undefined: unlimited. */
  readonly attempts: number | undefined;
  /** Milliseconds. */
  readonly giveUpAfter: number;
  /** The Redis that has the queue. Undefined: the queue is in the store. */
  readonly queue: URL | undefined;
}

/** Which queue has the calls until they are forwarded. */
export function destinationOf({ target, queue }: ForwardingOptions): Destination {
  return { url: target.href, queue: queue ? readRedisAddress(queue.href).text : '' };
}

export type ForwardingInput = CommandInput<
  OptionValues<{ readonly forwarding: typeof forwarding & { readonly queue: typeof queue } }>
>;

/** Undefined: calls are not forwarded. */
export async function readForwardingOptions(
  { options, from }: ForwardingInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<ForwardingOptions | undefined> {
  const { forwardTo: to } = options;
  if (to === undefined) {
    const dependent = Object.keys({ ...forwarding, queue }).find(
      (attribute) => from(attribute as keyof typeof options).kind === 'flag',
    );
    if (dependent === undefined) return undefined;
    throw problem('usage', {
      message: `${from(dependent as keyof typeof options).name} requires a URL to forward to.`,
      hint: 'Add one: --forward-to http://localhost:3000/webhooks/netcore',
    });
  }
  const target = new URL(to.url);
  target.hash = '';
  // Credentials in the URL take precedence over configured ones, but not over the flag.
  const inUrl = to.credentials !== undefined && from('forwardAuth').kind !== 'flag';
  const separate = inUrl ? undefined : options.forwardAuth;
  const redisUrl = options.queue;
  if (redisUrl) readRedisAddress(redisUrl.href);
  return {
    target,
    credentials: separate
      ? separate.value === 'same'
        ? 'same'
        : await readCredentials(separate, context, warn)
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
