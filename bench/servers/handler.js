// What stands behind a queue: answers 200 at once, and tells how many calls came, when the last did,
// and how long after they were sent (by the header X-Sent, milliseconds since 1970). GET tells, DELETE
// forgets.
import { createServer } from 'node:http';
import { quantile } from '../median.js';
import { listenAndAnnounce } from './announce.js';

const [readyFile] = process.argv.slice(2);
let calls = 0;
let last = 0;
let delays = [];
let ids = new Set();

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const now = performance.timeOrigin + performance.now();
    if (request.method === 'GET') {
      response.end(JSON.stringify(figures()));
      return;
    }
    if (request.method === 'DELETE') {
      calls = 0;
      delays = [];
      ids = new Set();
    } else {
      last = now;
      calls += 1;
      // A proxy without a queue gives no id, and sends nothing twice.
      ids.add(request.headers['x-netcore-hook-id'] ?? calls);
      if (request.headers['x-sent']) delays.push(now - Number(request.headers['x-sent']));
    }
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 3 });
    response.end('OK\n');
  });
});
listenAndAnnounce(server, readyFile);

function figures() {
  return {
    calls,
    different: ids.size,
    last,
    now: performance.timeOrigin + performance.now(),
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
  };
}
