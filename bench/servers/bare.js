// The upper limit: reads the body, answers 200, records nothing.
import { createServer } from 'node:http';
import { listenAndAnnounce } from './announce.js';

const [readyFile] = process.argv.slice(2);
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 3 });
    response.end('OK\n');
  });
});
listenAndAnnounce(server, readyFile);
