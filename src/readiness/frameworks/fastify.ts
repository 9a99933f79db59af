import type { Framework } from './framework.js';

const handler = `import { decode } from 'netcore-hook';
// Of netcore-hook init fastify: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

app.post('/webhooks/netcore', { onRequest: requireCredentials }, async (request, reply) => {
  const body = request.body ?? '';
  try {
    decode(body); // throws for anything but panels with their events, or an empty body
  } catch {
    return reply.code(400).send();
  }
  storeCall(body);
  return reply.code(200).send();
});`;

const answer = `// Of netcore-hook init fastify: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

storeCall(body);
return reply.code(200).send();`;

export const fastify: Framework = {
  id: 'fastify',
  name: 'Fastify',
  tested: true,
  snippets: {
    body_limit: 'const app = fastify({ bodyLimit: 10 * 1024 * 1024 });',
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    route: handler,
    exact_path: handler,
    basic_auth: `import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text) => createHash('sha256').update(text).digest();

async function requireCredentials(request, reply) {
  const [scheme, code = ''] = (request.headers.authorization ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = \`\${process.env.HOOK_USER}:\${process.env.HOOK_PASSWORD}\`;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) return;
  reply.header('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
  return reply.code(401).send();
}

app.post('/webhooks/netcore', { onRequest: requireCredentials }, async (request, reply) => {`,
  },
};
