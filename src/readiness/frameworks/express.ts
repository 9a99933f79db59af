import type { Framework } from './framework.js';

const handler = `import { decode } from 'netcore-hook';
// Of netcore-hook init express: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

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
});`;

const answer = `// Of netcore-hook init express: stores calls on the disk, and works on them afterwards.
import { startWorker, storeCall } from './inbox.js';

storeCall(body);
response.sendStatus(200);`;

export const express: Framework = {
  id: 'express',
  name: 'Express',
  tested: true,
  snippets: {
    body_limit: "app.use('/webhooks/netcore', express.text({ type: () => true, limit: '10mb' }));",
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    route: handler,
    exact_path: handler,
    basic_auth: `import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text) => createHash('sha256').update(text).digest();

app.use('/webhooks/netcore', (request, response, next) => {
  const [scheme, code = ''] = (request.get('authorization') ?? '').split(' ');
  const given = Buffer.from(code, 'base64');
  const right = \`\${process.env.HOOK_USER}:\${process.env.HOOK_PASSWORD}\`;
  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
    return next();
  }
  response.set('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"').sendStatus(401);
});`,
  },
};
