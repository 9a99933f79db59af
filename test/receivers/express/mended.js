import { createHash, timingSafeEqual } from 'node:crypto';
import express from 'express';

const app = express();

const digest = (text) => createHash('sha256').update(text).digest(); // of node:crypto

app.use('/hook', (request, response, next) => {
  const [scheme, code = ''] = (request.get('authorization') ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = process.env.HOOK_USER + ':' + process.env.HOOK_PASSWORD;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
    return next();
  }
  response.set('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"').sendStatus(401);
});

app.use(express.urlencoded({ extended: false, limit: '10mb' }));

function readEvents(data) {
  const panels = JSON.parse(data || '{}') ?? {};
  return Object.values(panels).flatMap((events) => (Array.isArray(events) ? events : []));
}

app.post('/hook', (request, response) => {
  let events;
  try {
    events = readEvents(request.body?.data);
  } catch {
    return response.sendStatus(400);
  }
  response.sendStatus(200);
  setImmediate(() => work(events)); // or put them into a queue that outlives a crash
});

function work(_events) {}

app.listen(Number(process.env.PORT), '127.0.0.1');
