import { Redis, type RedisOptions } from 'ioredis';
import { errorCode } from '../../problems/translate.js';
import { adaptCommands } from './adapted-scripts.js';
import type { RedisAddress } from './address.js';
import { prefix } from './keys.js';
import type { RedisLimits } from './lua.js';

/** Limits a command whose caller waits for the answer, connecting included. */
const commandTimeoutMs = 5000;
/** A worker replaces its connection when the server has sent nothing for this long. */
const maxSilenceMs = 15_000;
/** Short, so that workers reconnect before the locks of their calls expire. */
const maxReconnectPauseMs = 2000;

const commonOptions = {
  connectTimeout: commandTimeoutMs,
  keepAlive: 10_000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), maxReconnectPauseMs),
  // The server has become a replica. Its name may resolve to the new primary by now.
  reconnectOnError: (error: Error) => error.message.includes('READONLY'),
  connectionName: 'netcore-hook',
} satisfies RedisOptions;

/** A connection that rejects instead of waiting: each command is answered within seconds or fails. */
export function connectToAsk(address: RedisAddress, limits: RedisLimits): Redis {
  const client = withErrorListener(
    new Redis(address.url, {
      ...commonOptions,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: commandTimeoutMs,
    }),
  );
  adaptCommands(client, limits);
  return client;
}

/** A connection that waits for its server without a time limit. */
export function connectToWork(address: RedisAddress, limits: RedisLimits): Redis {
  const client = withErrorListener(
    new Redis(address.url, {
      ...commonOptions,
      maxRetriesPerRequest: null,
      socketTimeout: maxSilenceMs,
    }),
  );
  adaptCommands(client, limits);
  // BullMQ duplicates the connection for blocking commands, and later removes its own error listener.
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => withErrorListener(duplicate(override));
  return client;
}

/** A connection that is attempted once. */
export function connectOnce(address: RedisAddress): Redis {
  return withErrorListener(
    new Redis(address.url, {
      ...commonOptions,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
    }),
  );
}

/** Commands report the errors of their connection. Without a listener, ioredis would also print them. */
function withErrorListener(client: Redis): Redis {
  return client.on('error', () => {});
}

const readiness = new WeakMap<Redis, Promise<void>>();

/** The server's time in milliseconds since 1970. The clocks of machines differ. */
export async function serverTime(client: Redis): Promise<number> {
  const [seconds, microseconds] = await client.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

/**
 * Resolves when the connection accepts commands. Rejects with the cause: at once when the connection is
 * lost, after a few seconds when the server does not answer.
 */
export function whenReady(client: Redis): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  // Thousands of calls may wait for the same connection.
  const known = readiness.get(client);
  if (known) return known;
  const wait = awaitReady(client).finally(() => readiness.delete(client));
  readiness.set(client, wait);
  return wait;
}

function awaitReady(client: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | undefined) => {
      clearTimeout(timer);
      client.off('ready', onReady).off('error', settle).off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onReady = () => settle(undefined);
    const onClose = () => settle(new Error('the connection was lost'));
    const timer = setTimeout(() => settle(new Error('the connection timed out')), commandTimeoutMs);
    client.on('ready', onReady).on('error', settle).on('close', onClose);
    if (client.status === 'reconnecting' || client.status === 'end') onClose();
  });
}

/** Patterns of error messages of the server and of ioredis, in plain words. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /^NOAUTH|^WRONGPASS|invalid (?:username-)?password|without any password/,
    'it refuses this user or password',
  ],
  [/READONLY/, 'it is a read-only replica'],
  [/\bOOM\b/, 'its memory is full'],
  [/MISCONF/, 'it cannot write to its disk'],
  [/NOREPLICAS/, 'it has fewer replicas than it requires'],
  [/LOADING/, 'it is still loading its data'],
  [/MASTERDOWN/, 'it is a replica without its primary'],
  [/^DENIED|protected mode/, 'it is in protected mode'],
  [/CROSSSLOT|^MOVED|^CLUSTERDOWN/, 'it is a cluster'],
  [/max number of clients/, 'it has too many clients'],
  [/timed out|ETIMEDOUT|Socket timeout/, 'it does not answer'],
  [
    /[Cc]onnection (?:is|was) closed|isn't writeable|max retries per request/,
    'the connection was lost',
  ],
];

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ENOENT: 'the socket does not exist',
  EACCES: 'permission denied',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed (NODE_EXTRA_CA_CERTS names trusted ones)',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names trusted ones)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names trusted ones)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names trusted ones)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Why Redis failed, for the middle of a sentence. */
export function redisReason(error: unknown): string {
  const code = errorCode(error);
  const known = code === undefined ? undefined : codes[code];
  if (known) return known;
  const message = error instanceof Error ? error.message : String(error);
  return (
    missingRight(error) ?? sentences.find(([pattern]) => pattern.test(message))?.[1] ?? message
  );
}

/** The right that the user of Redis lacks, for the middle of a sentence; undefined without one. */
export function missingRight(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : '';
  // The server's answers to a command, and to a script, whose wording differs between versions.
  const [, command] =
    /permissions to run the '([\w|]+)' command/.exec(message) ??
    /^ERR unknown command [`']([\w|]+)/.exec(message) ??
    [];
  if (command !== undefined) return `this user may not run ${command.toUpperCase()}`;
  if (/can't run this command or subcommand/.test(message)) {
    return "this user may not run a command of the queue's scripts";
  }
  if (/(?:permissions to access|can't access).*\bkeys?\b/.test(message)) {
    return `this user may not access the keys ${prefix}:*`;
  }
  return /^NOPERM|ACL failure/.test(message) ? 'this user lacks a right' : undefined;
}

/** Whether the server failed because it has no memory left. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && /\bOOM\b/.test(error.message);
}

/** Whether an operation failed because the worker no longer holds the call. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // BullMQ's own errors carry negative numbers.
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'number' || error.message.startsWith('could not renew lock');
}

const firstProbePauseMs = 250;
const maxProbePauseMs = 2000;
/** The probe may succeed without the right that an operation lacks, again and again. */
const missingRightPauseMs = 30_000;

/** Probes a server after a failure until it works again. Announces each outage once, and its end. */
export interface Recovery {
  /** False before the first successful probe. */
  readonly isWorking: boolean;
  /** Reports a failure, and starts probing. */
  report(error: unknown): void;
  /** Resolves when the server works, or when `stop` is called. */
  whenWorking(): Promise<void>;
  stop(): void;
}

interface RecoveryOptions {
  /** Rejects as long as the server does not work. */
  readonly probe: () => Promise<void>;
  readonly failed: (error: unknown) => void;
  readonly recovered: () => void;
  /** Called when `isWorking` has changed. */
  readonly changed: () => void;
}

type RecoveryPhase =
  | { readonly kind: 'working' }
  /** `announced`: `failed` was called, so that `recovered` has to follow. */
  | { readonly kind: 'probing'; readonly announced: boolean }
  | { readonly kind: 'stopped' };

export function watchRecovery(options: RecoveryOptions): Recovery {
  let phase: RecoveryPhase = { kind: 'probing', announced: false };
  let timer: NodeJS.Timeout | undefined;
  let waiting: (() => void)[] = [];

  const release = () => {
    const released = waiting;
    waiting = [];
    for (const resolve of released) resolve();
  };
  const probeAfter = (pauseMs: number, nextPauseMs: number) => {
    timer = setTimeout(() => void probe(nextPauseMs), pauseMs);
  };
  const probe = async (pauseMs: number) => {
    const error = await options.probe().then(
      () => undefined,
      (reason: unknown) => ({ reason }),
    );
    if (phase.kind !== 'probing') return;
    const { announced } = phase;
    if (error) {
      phase = { kind: 'probing', announced: true };
      if (!announced) options.failed(error.reason);
      probeAfter(pauseMs, Math.min(2 * pauseMs, maxProbePauseMs));
      return;
    }
    phase = { kind: 'working' };
    if (announced) options.recovered();
    release();
    options.changed();
  };
  void probe(firstProbePauseMs);

  return {
    get isWorking() {
      return phase.kind === 'working';
    },
    report(error) {
      if (phase.kind !== 'working') return;
      phase = { kind: 'probing', announced: true };
      options.failed(error);
      // A pause, since an operation may fail although the probe succeeds, in a busy loop.
      const pauseMs = missingRight(error) ? missingRightPauseMs : firstProbePauseMs;
      probeAfter(pauseMs, firstProbePauseMs);
      options.changed();
    },
    whenWorking() {
      if (phase.kind !== 'probing') return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    stop() {
      phase = { kind: 'stopped' };
      clearTimeout(timer);
      release();
    },
  };
}
