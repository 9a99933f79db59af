// The handler behind a queue: answers 200 at once, and reports how many calls arrived, when the
// last one did, and the delays since sending (from the header X-Sent, milliseconds since 1970). GET
// reports, DELETE resets.
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
      // A proxy without a queue sends no id, and never sends a call twice.
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
