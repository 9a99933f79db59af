// What the examples of docs/testing.md test.
import { createServer } from 'node:http';
import { decode } from 'netcore-hook';
import { sample } from 'netcore-hook/testing';

const wanted = `Basic ${Buffer.from('netcore:secret').toString('base64')}`;

export async function startShop() {
  const seen = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    if (request.headers.authorization !== wanted) return response.writeHead(401).end();
    if (body !== '') seen.push(...Object.values(decode(body)).flat());
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, seen, stop };
}

export async function tellOfClick(url, who) {
  const set = { 'event_params.foreignkey': who };
  const { headers, body } = sample('rcs', 'click', { auth: 'netcore:secret', set });
  while ((await fetch(url, { method: 'POST', headers, body })).status !== 200);
}
