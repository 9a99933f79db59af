import type { Capture } from '../call/call.js';
import type { Channel } from '../payload/channels.js';
import { problem } from '../problems/problem.js';
import { basicAuthenticator } from '../receiver/basic-auth.js';
import type { RefusedCall } from '../receiver/call-handling.js';
import { limits } from '../receiver/limits.js';
import { createReceiver } from '../receiver/receiver.js';
import { readCredentials } from './credentials.js';
import { callName, describeMisses, eventName, wantedText } from './describe-misses.js';
import { type HookCall, type HookEvent, hookCallOf } from './hook-call.js';
import {
  type CallFilter,
  type Condition,
  callConditions,
  type EventFilter,
  eventConditions,
  meets,
} from './hook-filter.js';
import { createWaits } from './waits.js';

export interface HookOptions {
  /** `user:password`: the required Basic credentials. By default none are required. */
  readonly auth?: string;
  /** Default: a free port. It always listens on 127.0.0.1. */
  readonly port?: number;
  /** The only path that is served, like `/webhooks/netcore`; others are answered 404. */
  readonly path?: string;
  /** Milliseconds by which every answer is delayed. */
  readonly delay?: number;
}

export interface WaitOptions {
  /** Milliseconds. Default 4,000, so that this error precedes the test runner's own. */
  readonly timeout?: number;
}

export interface RespondOptions {
  /** Number of calls to answer so, before 200 again. Default: all. */
  readonly times?: number;
}

/** A listener in the test's own process. It keeps calls in memory and writes no files. */
export interface Hook extends AsyncDisposable {
  /** The URL to post to, like `http://127.0.0.1:40123/webhooks/netcore`. */
  readonly url: string;
  /** The calls since the start or the last `clear`, oldest first, without rejected ones. */
  calls(filter?: CallFilter): readonly HookCall[];
  /** Their events. */
  events<C extends Channel = Channel>(filter?: EventFilter<C>): readonly HookEvent<C>[];
  /**
   * Resolves to the oldest matching call, at once if it already arrived. On timeout rejects with an
   * error that lists what arrived instead.
   */
  waitForCall(filter?: CallFilter, options?: WaitOptions): Promise<HookCall>;
  /** The same for an event. */
  waitForEvent<C extends Channel = Channel>(
    filter?: EventFilter<C>,
    options?: WaitOptions,
  ): Promise<HookEvent<C>>;
  /** Answers the next calls with this status (200 to 599). Their calls are kept as well. */
  respond(status: number, options?: RespondOptions): void;
  /** Forgets all calls, and answers 200 again. */
  clear(): void;
  /** Stops the listener and rejects pending waits. Resolves when it is closed. */
  stop(): Promise<void>;
}

const defaultTimeoutMs = 4_000;

/** How long `stop` waits for requests in flight, such as one that was sent only in part. */
const maxDrainMs = 500;

/** Starts a listener that behaves as `netcore-hook listen` does for its clients. */
export async function startListener(options: HookOptions = {}): Promise<Hook> {
  const { auth, port = 0, path, delay = 0 } = options;
  let calls: HookCall[] = [];
  let refused: RefusedCall[] = [];
  let fault: { readonly status: number; left: number } | undefined;
  let recorded = 0;
  const waits = createWaits();
  const receiver = createReceiver({
    rules: {
      allowed: undefined,
      trusted: undefined,
      authenticate: auth === undefined ? undefined : basicAuthenticator([readCredentials(auth)]),
      // Tests may run in a browser, or in a simulated one.
      otherSites: true,
      path,
      health: false,
      maxBody: 10 * 1024 * 1024,
    },
    tls: undefined,
    connections: limits.maxConnections,
    keepAlive: limits.defaultKeepAliveMs,
    delay,
    now: Date.now,
    health: () => ({ status: 'ok' }),
    answer: () => {
      if (fault === undefined || fault.left <= 0) return 200;
      fault.left -= 1;
      return fault.status;
    },
    record: async (call): Promise<Capture> => {
      recorded += 1;
      return { ...call, id: String(recorded).padStart(16, '0') };
    },
    observer: {
      captured(capture) {
        calls.push(hookCallOf(capture));
        waits.look();
      },
      refused(refusal) {
        refused.push(refusal);
      },
      failed(error) {
        waits.fail(error);
      },
    },
  });
  const address = await receiver.listen({ port, host: '127.0.0.1' });
  let stopping: Promise<void> | undefined;

  const allEvents = () => calls.flatMap((call) => call.events);
  const waitFor = <T>(
    what: string,
    candidates: () => readonly T[],
    conditions: readonly Condition<T>[],
    name: (candidate: T) => string,
    { timeout = defaultTimeoutMs }: WaitOptions,
  ): Promise<T> => {
    const frames = callerFrames(waitFor);
    return waits.wait(
      () => candidates().find((candidate) => meets(candidate, conditions)),
      timeout,
      (stopped) => {
        const missed = problem('not_awaited', {
          wanted: wantedText(what, conditions),
          milliseconds: stopped ? undefined : timeout,
          instead: describeMisses(candidates(), conditions, name, { calls, refused }),
        });
        missed.stack = `${missed.name}: ${missed.message} ${missed.hint}\n${frames}`;
        return missed;
      },
    );
  };

  const stop = (): Promise<void> => {
    stopping ??= receiver.close({ idleMs: 0, drainMs: maxDrainMs });
    waits.end();
    return stopping;
  };
  return {
    url: `http://127.0.0.1:${address.port}${path ?? '/'}`,
    calls: (filter = {}) => {
      const conditions = callConditions(filter);
      return calls.filter((call) => meets(call, conditions));
    },
    events: <C extends Channel>(filter: EventFilter<C> = {}) => {
      const conditions = eventConditions(filter);
      return allEvents().filter((event) => isOf<C>(event, conditions));
    },
    // Async, so that an impossible filter rejects instead of throwing.
    waitForCall: async (filter = {}, wait = {}) =>
      waitFor('call', () => calls, callConditions(filter), callName, wait),
    waitForEvent: async <C extends Channel>(
      filter: EventFilter<C> = {},
      wait: WaitOptions = {},
    ) => {
      const found = await waitFor('event', allEvents, eventConditions(filter), eventName, wait);
      return found as unknown as HookEvent<C>;
    },
    respond(status, { times = Number.POSITIVE_INFINITY } = {}) {
      if (!Number.isInteger(status) || status < 200 || status > 599) {
        throw problem('invalid_value', {
          what: 'status',
          value: String(status),
          reason: 'it is not a whole number from 200 to 599',
          hint: 'Try: hook.respond(500, { times: 1 })',
        });
      }
      fault = { status, left: times };
    },
    clear() {
      calls = [];
      refused = [];
      fault = undefined;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * The stack of the caller. Runners show the first line of it that belongs to a test, and an error
 * that a timer throws has none.
 */
function callerFrames(own: (...args: never[]) => unknown): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, own);
  return holder.stack?.split('\n').slice(1).join('\n') ?? '';
}

/** The conditions check the channel, if the filter names one. */
function isOf<C extends Channel>(
  event: HookEvent,
  conditions: readonly Condition<HookEvent>[],
): event is HookEvent & HookEvent<C> {
  return meets(event, conditions);
}
