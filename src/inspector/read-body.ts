import type { IncomingMessage } from 'node:http';
import { problem } from '../problems/problem.js';

/** A paste may be as large as a call. */
const largestBody = 10 * 1024 * 1024;

/** The JSON of a request's body. Throws a problem when it is none, or too large. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > largestBody) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw problem('inspector_unreadable', { reason: 'its body is not JSON' });
  }
}

function tooLarge(): Error {
  return problem('inspector_too_large', { most: '10 MB' });
}
