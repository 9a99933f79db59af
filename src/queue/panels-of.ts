import { readCallContent } from '../call/content.js';
import type { QueuedCall } from './queue.js';

/** The panels that the events of a call belong to, each once. */
export function panelsOf({ capture, events }: Pick<QueuedCall, 'capture' | 'events'>): string[] {
  const known = events ?? eventsOf(readCallContent(capture));
  return [...new Set(known.map(({ panel }) => panel))];
}

function eventsOf(content: ReturnType<typeof readCallContent>) {
  return content.kind === 'payload' ? content.events : [];
}
