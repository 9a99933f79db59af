import { createHash, timingSafeEqual } from 'node:crypto';
import { decode } from 'netcore-hook';
// Of netcore-hook init next: stores calls on the disk. instrumentation.js starts the work on them.
import { storeCall } from '../../../inbox.js';

const maxBodyBytes = 10 * 1024 * 1024;

const digest = (text) => createHash('sha256').update(text).digest();

function isAuthorized(request) {
  const [scheme, code = ''] = (request.headers.get('authorization') ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = `${process.env.HOOK_USER}:${process.env.HOOK_PASSWORD}`;
  return scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right));
}

/** Resolves to undefined when the body is too large. */
async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString();
}

export async function POST(request) {
  if (!isAuthorized(request)) {
    const headers = { 'WWW-Authenticate': 'Basic realm="webhook", charset="UTF-8"' };
    return new Response(null, { status: 401, headers });
  }
  const body = await readBody(request);
  if (body === undefined) return new Response(null, { status: 413 });
  try {
    decode(body); // throws for anything but panels with their events, or an empty body
  } catch {
    return new Response(null, { status: 400 });
  }
  storeCall(body);
  return new Response(null, { status: 200 });
}
