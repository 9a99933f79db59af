import { expect, onTestFinished, test } from 'vitest';
import { createSender } from '../../src/call/send.js';
import { Proof } from '../../src/tunnel/proof.js';
import { serve } from '../helpers/servers.js';

const random = {
  randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
};

function sender() {
  const made = createSender({ timeout: 5_000, connections: 1, insecure: false });
  onTestFinished(() => made.close());
  return made;
}

test('an address is proven by the call that arrives, and it holds no credentials', async () => {
  const proof = new Proof(random);
  const headers: string[] = [];
  const url = await serve((request, response) => {
    headers.push(...request.rawHeaders);
    expect(proof.sees(request.url)).toBe(true);
    response.writeHead(401).end('Unauthorized.\n');
  });
  expect(await proof.ask(url, sender())).toBeUndefined();
  expect(headers.join(' ')).not.toMatch(/authorization/i);
});

test.each([200, 401, 530])('an address where somebody else answers %i is none', async (status) => {
  const proof = new Proof(random);
  const other = new Proof(random);
  const url = await serve((request, response) => {
    expect(other.sees(request.url)).toBe(false);
    response.writeHead(status).end();
  });
  expect(await proof.ask(url, sender())).toEqual({
    reason: `The probe received ${status}, but not from this listener.`,
    isPermanent: false,
  });
});

test('calls of clients are not taken for it', () => {
  const proof = new Proof(random);
  for (const target of [undefined, '/', '/_netcore-hook/tunnel/', '/_netcore-hook/tunnel/00/1']) {
    expect(proof.sees(target)).toBe(false);
  }
});
