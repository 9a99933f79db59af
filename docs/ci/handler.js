// A small handler of Netcore's webhook, for the pipelines beside it. It takes calls at
// /webhooks/netcore on $PORT, asks for the credentials of $WEBHOOK_AUTH (user:password), answers 200
// at once, and passes each call on to $PASS_ON_TO.
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { decode } from 'netcore-hook';

const { PORT = '3000', WEBHOOK_AUTH = '', PASS_ON_TO = '' } = process.env;
const mostBytes = 10 * 1024 * 1024;

createServer((request, response) => {
  const answer = (status, headers = {}) => response.writeHead(status, headers).end();
  if (request.url !== '/webhooks/netcore') return answer(404);
  if (request.method !== 'POST') return answer(405, { Allow: 'POST' });
  if (!isKnown(request.headers.authorization ?? '')) {
    return answer(401, { 'WWW-Authenticate': 'Basic realm="webhooks"' });
  }
  const chunks = [];
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > mostBytes) return answer(413);
    // First the answer: Netcore disables a webhook that is slow, or that stumbles over a call.
    answer(200);
    take(Buffer.concat(chunks)).catch((error) => console.error(error.message));
  });
}).listen(PORT, '127.0.0.1');

function isKnown(authorization) {
  const [scheme, given = ''] = authorization.split(' ');
  const wanted = Buffer.from(Buffer.from(WEBHOOK_AUTH).toString('base64'));
  const same = given.length === wanted.length && timingSafeEqual(Buffer.from(given), wanted);
  return scheme.toLowerCase() === 'basic' && same;
}

async function take(body) {
  const events = Object.values(decode(body.toString('utf8'))).flat();
  for (const { channel, event } of events) console.log(`${channel} ${event}`);
  if (PASS_ON_TO === '') return;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  await fetch(PASS_ON_TO, { method: 'POST', headers, body });
}
