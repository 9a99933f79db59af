import { Redis, type RedisOptions } from 'ioredis';
import { adaptCommands } from './adapted-scripts.js';
import type { RedisAddress } from './address.js';
import type { RedisLimits } from './limits.js';

/** How long a command that somebody waits for may take, connecting included, in milliseconds. */
const commandPatience = 5000;
/** How long a worker waits for a sign of the server before it takes the connection for dead. */
const silence = 15_000;
/** Short, so that workers are back before the locks of what they hold count as lost. */
const maxPause = 2000;

const always = {
  connectTimeout: commandPatience,
  keepAlive: 10_000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), maxPause),
  // The server was made a replica of another: its name may lead to the new one by now.
  reconnectOnError: (error: Error) => error.message.includes('READONLY'),
  connectionName: 'netcore-hook',
} satisfies RedisOptions;

/** A connection that rejects rather than waits: a command is answered within seconds, or fails. */
export function connectToAsk(address: RedisAddress, limits: RedisLimits): Redis {
  const client = quiet(
    new Redis(address.url, {
      ...always,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: commandPatience,
    }),
  );
  adaptCommands(client, limits);
  return client;
}

/** A connection that waits for its server, however long that is away. */
export function connectToWork(address: RedisAddress, limits: RedisLimits): Redis {
  const client = quiet(
    new Redis(address.url, { ...always, maxRetriesPerRequest: null, socketTimeout: silence }),
  );
  adaptCommands(client, limits);
  // The queue library makes a second one of it, to wait on, and leaves it without a listener at last.
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => quiet(duplicate(override));
  return client;
}

/** A connection for a look: it is tried once. */
export function connectOnce(address: RedisAddress): Redis {
  return quiet(
    new Redis(address.url, {
      ...always,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      commandTimeout: commandPatience,
    }),
  );
}

/** Errors of connections reach those who use them; without a listener they would be printed. */
function quiet(client: Redis): Redis {
  return client.on('error', () => {});
}

const waits = new WeakMap<Redis, Promise<void>>();

/**
 * Resolves when the connection takes commands. Rejects with what is in the way as soon as that is
 * known: at once when it was lost, after a few seconds when nothing is heard.
 */
export function whenReady(client: Redis): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  // Thousands of calls may wait for the same connection.
  const known = waits.get(client);
  if (known) return known;
  const wait = awaitReady(client).finally(() => waits.delete(client));
  waits.set(client, wait);
  return wait;
}

function awaitReady(client: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | undefined) => {
      clearTimeout(timer);
      client.off('ready', heard).off('error', settle).off('close', closed);
      if (error) reject(error);
      else resolve();
    };
    const heard = () => settle(undefined);
    const closed = () => settle(new Error('the connection was lost'));
    const timer = setTimeout(() => settle(new Error('the connection timed out')), commandPatience);
    client.on('ready', heard).on('error', settle).on('close', closed);
    if (client.status === 'reconnecting' || client.status === 'end') closed();
  });
}
