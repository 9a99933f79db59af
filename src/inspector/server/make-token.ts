import type { Host } from '../../host.js';

/** The token that authorizes the page of one run: 128 random bits. */
export function makeToken(host: Pick<Host, 'randomBytes'>): string {
  return Buffer.from(host.randomBytes(16)).toString('hex');
}
