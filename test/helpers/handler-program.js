import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

/*
 * A handler of forwarded calls that does as it is told. A call stands in its log before it is
 * answered, so that none that was taken is missing there when this process is killed.
 */
const [port = '0', file = ''] = process.argv.slice(2);
const log = openSync(file, 'a', 0o600);

/** See Behaviour in handler.ts. */
let behaviour = { kind: 'take' };
let flying = 0;
let written = false;

const server = createServer((request, response) => {
  flying += 1;
  response.once('close', () => {
    flying -= 1;
  });
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('error', () => {});
  request.on('end', () => {
    const body = decodeURIComponent(Buffer.concat(chunks).toString());
    const mark = /"msgid":"([^"]*)"/.exec(body)?.[1] ?? '';
    answer(request.headers, mark, response);
  });
});

function answer(headers, mark, response) {
  const { kind } = behaviour;
  const poison = behaviour.poison !== undefined && mark.includes(behaviour.poison);
  const status = poison ? 500 : kind === 'fail' ? behaviour.status : 200;
  const end = () => {
    if (response.destroyed) return;
    note(headers, mark, kind === 'hang' ? 0 : status);
    if (kind === 'hang') return;
    const retryAfter = kind === 'fail' ? behaviour.retryAfter : undefined;
    response.writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
    response.end();
  };
  if (kind === 'slow') setTimeout(end, behaviour.ms);
  else end();
}

function note(headers, mark, status) {
  const id = headers['x-netcore-hook-id'] ?? '';
  const attempt = Number(headers['x-netcore-hook-attempt']);
  const line = { time: Date.now(), id, attempt, mark, status, flying };
  writeSync(log, `${JSON.stringify(line)}\n`);
  written = true;
}

process.on('message', (wanted) => {
  behaviour = wanted;
  process.send('behaves');
});
process.on('disconnect', () => process.exit());
setInterval(() => {
  if (written) process.send('written');
  written = false;
}, 20);
server.listen(Number(port), '127.0.0.1', () => process.send('listens'));
