import type { Destination } from '../call/delivery.js';
import type { CommandContext, CommandInput } from '../cli/command.js';
import { readCredentials } from '../cli/credentials.js';
import { readEventFilter } from '../cli/event-filter.js';
import { forwarding, queue } from '../cli/options/forwarding.js';
import type { HandlerTarget } from '../cli/options/kinds.js';
import type { OptionValues } from '../cli/options/option.js';
import type { Credentials } from '../cli/options/values.js';
import type { HandlerNotice } from '../output/notice.js';
import type { EventFilter } from '../payload/event-filter.js';
import { problem } from '../problems/problem.js';
import { readRedisAddress } from '../queue/redis/address.js';

/** How calls are forwarded to one handler, checked. */
export interface ForwardingOptions {
  /** As given. Undefined: the handler has no name. */
  readonly name: string | undefined;
  /** Its name, or what distinguishes its URL. Undefined: it is the only handler. */
  readonly label: string | undefined;
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
export function destinationOf({ target, queue, name }: ForwardingOptions): Destination {
  return { url: target.href, queue: queue ? readRedisAddress(queue.href).text : '', name };
}

/** As notices list a handler. */
export function handlerNotice({ name, target }: ForwardingOptions): HandlerNotice {
  return { name: name ?? null, to: target.href };
}

export type ForwardingInput = CommandInput<
  OptionValues<{ readonly forwarding: typeof forwarding & { readonly queue: typeof queue } }>
>;

/** The options of each handler; none: calls are not forwarded. */
export async function readForwardingOptions(
  input: ForwardingInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<readonly ForwardingOptions[]> {
  const { options, from } = input;
  const { forwardTo, queue: redisUrl } = options;
  if (forwardTo.length === 0) {
    const dependent = Object.keys({ ...forwarding, queue }).find(
      (attribute) => from(attribute as keyof typeof options).kind === 'flag',
    );
    if (dependent === undefined) return [];
    throw problem('usage', {
      message: `${from(dependent as keyof typeof options).name} requires a URL to forward to.`,
      hint: 'Add one: --forward-to http://localhost:3000/webhooks/netcore',
    });
  }
  if (redisUrl) readRedisAddress(redisUrl.href);
  const handlers: Omit<ForwardingOptions, 'label'>[] = [];
  // One after the other, because reading credentials may ask for a password.
  for (const handler of forwardTo) {
    handlers.push({ ...(await readHandler(handler, input, context, warn)), queue: redisUrl });
  }
  refuseEqual(handlers);
  return handlers.map((handler) => ({
    ...handler,
    label: handlers.length > 1 ? labelOf(handler, handlers) : undefined,
  }));
}

type OwnValues = Partial<Omit<ForwardingInput['options'], 'forwardTo' | 'queue'>> & {
  readonly name?: string;
};

async function readHandler(
  to: HandlerTarget,
  { options: all, from }: ForwardingInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Omit<ForwardingOptions, 'label' | 'queue'>> {
  // Parsed by the rows of the same attributes.
  const own = (to.own ?? {}) as OwnValues;
  const options = { ...all, ...own };
  const target = new URL(to.url);
  target.hash = '';
  // Credentials in the URL take precedence over configured ones, but not over the flag or the handler's own.
  const inUrl =
    to.credentials !== undefined &&
    own.forwardAuth === undefined &&
    from('forwardAuth').kind !== 'flag';
  const separate = inUrl ? undefined : options.forwardAuth;
  return {
    name: own.name ?? to.name,
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
  };
}

type Handler = Pick<ForwardingOptions, 'name' | 'target'>;

/** A queue belongs to a URL, and `--target` takes names. */
function refuseEqual(handlers: readonly Handler[]): void {
  for (const [index, { name, target }] of handlers.entries()) {
    const before = handlers.slice(0, index);
    if (before.some((other) => other.target.href === target.href)) {
      throw problem('usage', {
        message: `Two handlers have the URL ${target.href}.`,
        hint: 'Remove one of them. Each handler needs a URL of its own.',
      });
    }
    if (name !== undefined && before.some((other) => other.name === name)) {
      throw problem('usage', {
        message: `Two handlers have the name ${name}.`,
        hint: 'Give each a name of its own: -f crm=http://127.0.0.1:3001 -f calls=http://127.0.0.1:3002',
      });
    }
  }
}

/** The name of a handler, else the host and port of its URL, with the path when another handler has the same ones. */
function labelOf({ name, target }: Handler, handlers: readonly Handler[]): string {
  if (name !== undefined) return name;
  const same = handlers.filter((other) => other.target.host === target.host);
  return same.length > 1 ? `${target.host}${target.pathname}${target.search}` : target.host;
}
