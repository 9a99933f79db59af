import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

/**
 * `silent`: the listener does not answer. `unasked`: it has no health path that this machine may
 * use.
 */
export type ListenerHealth = 'ok' | 'failing' | 'silent' | 'unasked';

const timeoutMs = 3_000;

/** Asks a listener on this machine for its health. */
export function askHealth(url: string): Promise<ListenerHealth> {
  const request = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve) => {
    // Its certificate names the public host, not this machine.
    const asking = request(url, { agent: false, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'ok' : 'failing');
    });
    asking.setTimeout(timeoutMs, () => asking.destroy(new Error('no answer in time')));
    asking.on('error', () => resolve('silent'));
    asking.end();
  });
}
