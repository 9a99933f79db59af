import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { instanceHeader } from './own-headers.js';

/**
 * `silent`: the listener does not answer. `unasked`: it has no health path that this machine may
 * use.
 */
export type ListenerHealth = 'ok' | 'failing' | 'silent' | 'unasked';

interface HealthAnswer {
  readonly health: ListenerHealth;
  /** The run of the listener that answered; undefined for any other program. */
  readonly instance: string | undefined;
}

const timeoutMs = 3_000;
const instanceName = instanceHeader.toLowerCase();

/** Asks a listener on this machine for its health. */
export async function askHealth(url: string): Promise<ListenerHealth> {
  return (await askListener(url)).health;
}

/** Asks which listener answers on this machine, and for its health. */
export function askListener(url: string): Promise<HealthAnswer> {
  const request = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve) => {
    // Its certificate names the public host, not this machine.
    const asking = request(url, { agent: false, rejectUnauthorized: false }, (response) => {
      response.resume();
      const instance = response.headers[instanceName];
      resolve({
        health: response.statusCode === 200 ? 'ok' : 'failing',
        instance: typeof instance === 'string' ? instance : undefined,
      });
    });
    asking.setTimeout(timeoutMs, () => asking.destroy(new Error('no answer in time')));
    asking.on('error', () => resolve({ health: 'silent', instance: undefined }));
    asking.end();
  });
}
