import { createHash, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import { decode } from 'netcore-hook';
// Of netcore-hook init fastify: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

const { HOOK_USER, HOOK_PASSWORD, HOST = '127.0.0.1', PORT = '3000' } = process.env;
if (!HOOK_USER || !HOOK_PASSWORD) {
  console.error('Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.');
  process.exit(2);
}

const app = fastify({ bodyLimit: 10 * 1024 * 1024 });

const digest = (text) => createHash('sha256').update(text).digest();

async function requireCredentials(request, reply) {
  const [scheme, code = ''] = (request.headers.authorization ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = `${process.env.HOOK_USER}:${process.env.HOOK_PASSWORD}`;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) return;
  reply.header('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
  return reply.code(401).send();
}

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
});

startWorker();
console.log(
  `Listening on ${await app.listen({ port: Number(PORT), host: HOST })}/webhooks/netcore`,
);
process.once('SIGTERM', () => app.close().then(() => process.exit()));
