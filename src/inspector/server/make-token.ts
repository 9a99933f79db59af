import type { Host } from '../../host.js';

/** What the page of one run shows to be let do something: 128 bits that nobody can guess. */
export function makeToken(host: Pick<Host, 'randomBytes'>): string {
  return Buffer.from(host.randomBytes(16)).toString('hex');
}
