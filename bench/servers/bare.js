// The upper limit: reads the body, answers 200, records nothing.
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [readyFile] = process.argv.slice(2);
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 3 });
    response.end('OK\n');
  });
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(
    `${readyFile}.new`,
    JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }),
  );
  renameSync(`${readyFile}.new`, readyFile);
});
process.on('SIGTERM', () => process.exit(0));
