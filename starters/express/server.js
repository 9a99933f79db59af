import { createHash, timingSafeEqual } from 'node:crypto';
import express from 'express';
import { decode } from 'netcore-hook';
// Of netcore-hook init express: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

const { HOOK_USER, HOOK_PASSWORD, HOST = '127.0.0.1', PORT = '3000' } = process.env;
if (!HOOK_USER || !HOOK_PASSWORD) {
  console.error('Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.');
  process.exit(2);
}

const app = express();

const digest = (text) => createHash('sha256').update(text).digest();

app.use('/webhooks/netcore', (request, response, next) => {
  const [scheme, code = ''] = (request.get('authorization') ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = `${process.env.HOOK_USER}:${process.env.HOOK_PASSWORD}`;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
    return next();
  }
  response.set('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"').sendStatus(401);
});

app.use('/webhooks/netcore', express.text({ type: () => true, limit: '10mb' }));

app.post('/webhooks/netcore', (request, response) => {
  const body = request.body ?? '';
  try {
    decode(body); // throws for anything but panels with their events, or an empty body
  } catch {
    return response.sendStatus(400);
  }
  storeCall(body);
  response.sendStatus(200);
});

app.all('/webhooks/netcore', (_request, response) => {
  response.set('Allow', 'POST').sendStatus(405);
});

startWorker();
const server = app.listen(Number(PORT), HOST, (error) => {
  if (error) throw error;
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/webhooks/netcore`);
});
process.once('SIGTERM', () => server.close(() => process.exit()));
