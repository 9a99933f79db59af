import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import { type Channel, canonicalChannel, channels } from './channels.js';

/** A channel as somebody names it, in any of its spellings. Throws `unknown_channel`. */
export function readChannel(name: string): Channel {
  const channel = canonicalChannel(name);
  if (channel) return channel;
  throw problem('unknown_channel', { name, nearest: nearest(name, channels), all: channels });
}
