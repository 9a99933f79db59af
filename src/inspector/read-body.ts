import type { IncomingMessage } from 'node:http';
import { problem } from '../problems/problem.js';

/** A paste may be as large as a call. */
const maxBody = 10 * 1024 * 1024;

/** How much of a larger body is read, so that the page can read its answer. */
const maxDiscarded = 64 * 1024 * 1024;

/** The JSON of a request's body. Throws a problem when it is invalid or too large. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Otherwise leaving the loop would destroy the connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.byteLength;
    if (length <= maxBody) chunks.push(chunk);
    else chunks.length = 0;
    if (length > maxDiscarded) break;
  }
  if (length > maxBody) throw problem('inspector_too_large', { limit: '10 MB' });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw problem('inspector_unreadable', { reason: 'its body is not JSON' });
  }
}
