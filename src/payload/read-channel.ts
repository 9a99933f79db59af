import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import { type Channel, canonicalChannel, channels } from './channels.js';

/** Resolves a channel in any spelling. Throws `unknown_channel`. */
export function readChannel(name: string): Channel {
  const channel = canonicalChannel(name);
  if (channel) return channel;
  throw problem('unknown_channel', { name, nearest: nearest(name, channels), all: channels });
}
