import type { Framework } from './framework.js';

const handler = `import { decode } from 'netcore-hook';
// Of netcore-hook init node: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

async function hook(request, response) {
  if (request.method !== 'POST') {
    return response.writeHead(405, { Allow: 'POST' }).end();
  }
  if (!isAuthorized(request)) {
    const challenge = 'Basic realm="webhook", charset="UTF-8"';
    return response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
  }
  const body = await readBody(request);
  if (body === undefined) return response.writeHead(413).end();
  try {
    decode(body); // throws for anything but panels with their events, or an empty body
  } catch {
    return response.writeHead(400).end();
  }
  storeCall(body);
  response.writeHead(200).end();
}

const server = createServer((request, response) => {
  const [path] = request.url.split('?');
  if (path !== '/webhooks/netcore') return response.writeHead(404).end();
  return hook(request, response).catch((error) => {
    if (request.destroyed && !request.complete) return; // the caller hung up
    console.error(error);
    response.writeHead(503).end();
  });
});`;

const answer = `// Of netcore-hook init node: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

storeCall(body);
response.writeHead(200).end();`;

export const node: Framework = {
  id: 'node',
  name: 'Node.js',
  tested: true,
  snippets: {
    body_limit: `const maxBodyBytes = 10 * 1024 * 1024;

/** Resolves to undefined when the body is too large. */
async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString();
}`,
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    route: handler,
    exact_path: handler,
    basic_auth: `import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text) => createHash('sha256').update(text).digest();

function isAuthorized(request) {
  const [scheme, code = ''] = (request.headers.authorization ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = \`\${process.env.HOOK_USER}:\${process.env.HOOK_PASSWORD}\`;
  return scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right));
}

if (!isAuthorized(request)) {
  const challenge = 'Basic realm="webhook", charset="UTF-8"';
  return response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
}`,
  },
};
