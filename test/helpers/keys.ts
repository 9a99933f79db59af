import { eventKey } from '../../src/payload/event-key.js';
import { dataValue } from '../../src/payload/form-codec.js';
import { run } from './run.js';

/** The keys of a call's events, in order. */
export function keysOfBody(body: Uint8Array): string[] {
  const payload: Record<string, unknown[]> = JSON.parse(dataValue(body) ?? '{}');
  return Object.entries(payload).flatMap(([panel, events]) =>
    events.map((event) => eventKey(panel, event).key),
  );
}

/** The keys of all events that a store holds. */
export async function keysInStore(store: string): Promise<string[]> {
  const { out } = await run(['history', 'export', '--store', store]);
  const captures: { body: string }[] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return captures.flatMap(({ body }) => keysOfBody(Buffer.from(body, 'base64')));
}
