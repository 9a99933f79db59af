import type { IncomingMessage } from 'node:http';
import type { MemoryBudget } from './memory-budget.js';

export type BodyReading =
  | { readonly kind: 'complete'; readonly body: Uint8Array }
  | { readonly kind: 'too_large' }
  /** All bodies in flight together exceed the memory budget. */
  | { readonly kind: 'too_busy' }
  | { readonly kind: 'incomplete' };

/**
 * Reads at most `limit` bytes of a request's body, and leaves a longer one unread. The caller
 * returns the memory of a complete body.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  memory: MemoryBudget,
): Promise<BodyReading> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let taken = 0;
    const finish = (reading: BodyReading) => {
      request.off('data', take);
      request.off('end', end);
      request.off('close', cut);
      if (reading.kind !== 'complete') memory.give(taken);
      resolve(reading);
    };
    const take = (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > limit) finish({ kind: 'too_large' });
      else if (!memory.take(chunk.byteLength)) finish({ kind: 'too_busy' });
      else {
        taken = bytes;
        chunks.push(chunk);
      }
    };
    const end = () => finish({ kind: 'complete', body: joined(chunks, bytes) });
    const cut = () => finish({ kind: 'incomplete' });
    request.on('data', take);
    request.on('end', end);
    request.on('close', cut);
    // A connection reset; `close` follows and reports the outcome.
    request.on('error', () => {});
  });
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = chunks;
  return only && chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}
