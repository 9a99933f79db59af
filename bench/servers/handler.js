// What stands behind a queue: answers 200 at once, and tells how many calls came, how fast, and how
// long after they were sent (by the header X-Sent, milliseconds since 1970). GET tells, DELETE resets.
import { createServer } from 'node:http';
import { quantile } from '../median.js';
import { listenAndAnnounce } from './announce.js';

const [readyFile] = process.argv.slice(2);
let times = [];
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
      times = [];
      delays = [];
      ids = new Set();
    } else {
      times.push(now);
      ids.add(request.headers['x-sent-id']);
      delays.push(now - Number(request.headers['x-sent']));
    }
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 3 });
    response.end('OK\n');
  });
});
listenAndAnnounce(server, readyFile);

function figures() {
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return {
    calls: times.length,
    different: ids.size,
    rate: seconds > 0 ? times.length / seconds : 0,
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
  };
}
