// The limit of the disk: appends each body to a file, with one fdatasync for each group of
// concurrent calls.
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { listenAndAnnounce } from './announce.js';

const [path, readyFile] = process.argv.slice(2);
const file = await open(path, 'a');
let waiting = [];
let syncing = false;

async function sync() {
  if (syncing || waiting.length === 0) return;
  syncing = true;
  const group = waiting;
  waiting = [];
  await file.write(Buffer.concat(group.map(({ body }) => body)));
  await file.datasync();
  syncing = false;
  sync();
  for (const { response } of group) {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 3 });
    response.end('OK\n');
  }
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    waiting.push({ body: Buffer.concat(chunks), response });
    setImmediate(sync);
  });
});
listenAndAnnounce(server, readyFile);
