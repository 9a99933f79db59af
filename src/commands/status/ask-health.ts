import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { ListenerNotice } from '../../output/notice.js';

/** How long a listener may take to say how it is, in milliseconds. */
const patience = 3_000;

/** Asks a listener of this machine how it is. */
export function askHealth(url: string): Promise<ListenerNotice['health']> {
  const request = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve) => {
    // Its certificate is made for the name that others know it by.
    const asking = request(url, { agent: false, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'ok' : 'failing');
    });
    asking.setTimeout(patience, () => asking.destroy(new Error('no answer in time')));
    asking.on('error', () => resolve('silent'));
    asking.end();
  });
}
