import { createHash, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';

const app = fastify({ bodyLimit: 10 * 1024 * 1024 });

const digest = (text) => createHash('sha256').update(text).digest(); // of node:crypto

app.addHook('onRequest', async (request, reply) => {
  const [scheme, code = ''] = (request.headers.authorization ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = process.env.HOOK_USER + ':' + process.env.HOOK_PASSWORD;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) return;
  reply.header('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
  return reply.code(401).send();
});

app.addContentTypeParser(
  'application/x-www-form-urlencoded',
  { parseAs: 'string' },
  (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
);

function readEvents(data) {
  const panels = JSON.parse(data || '{}') ?? {};
  return Object.values(panels).flatMap((events) => (Array.isArray(events) ? events : []));
}

app.post('/hook', async (request, reply) => {
  let events;
  try {
    events = readEvents(request.body?.data);
  } catch {
    return reply.code(400).send();
  }
  setImmediate(() => work(events)); // or put them into a queue that outlives a crash
  return reply.code(200).send();
});

function work(_events) {}

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
