import type { Framework } from './framework.js';

const handler = `app.post('/hook', (request, response) => {
  let events;
  try {
    events = readEvents(request.body?.data);
  } catch {
    return response.sendStatus(400);
  }
  response.sendStatus(200);
  setImmediate(() => work(events)); // or put them into a queue that outlives a crash
});`;

export const express: Framework = {
  id: 'express',
  name: 'Express',
  tested: true,
  snippets: {
    body_limit: "app.use(express.urlencoded({ extended: false, limit: '10mb' }));",
    read_events: `app.use(express.urlencoded({ extended: false, limit: '10mb' }));

function readEvents(data) {
  const panels = JSON.parse(data || '{}') ?? {};
  return Object.values(panels).flatMap((events) => (Array.isArray(events) ? events : []));
}`,
    answer_200: handler,
    answer_first: handler,
    route: handler,
    exact_path: handler,
    basic_auth: `const digest = (text) => createHash('sha256').update(text).digest(); // of node:crypto

app.use('/hook', (request, response, next) => {
  const [scheme, code = ''] = (request.get('authorization') ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = process.env.HOOK_USER + ':' + process.env.HOOK_PASSWORD;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
    return next();
  }
  response.set('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"').sendStatus(401);
});`,
  },
};
