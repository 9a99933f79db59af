import { hostname, networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { refuseLoop } from '../../src/call/refuse-loop.js';

const listeners = ['http://127.0.0.1:4400/', 'https://hook.example.com:4443/'];
const own = ['shop-server', '192.0.2.5', 'fe80::1'];

test.each([
  'http://127.0.0.1:4400/',
  'http://localhost:4400/other',
  'http://127.9.9.9:4400/',
  'http://[::1]:4400/',
  'http://[::ffff:127.0.0.1]:4400/',
  'http://0.0.0.0:4400/',
  'http://[::]:4400/',
  'http://192.0.2.5:4400/',
  'http://[fe80::1]:4400/',
  'http://SHOP-SERVER:4400/',
  'https://hook.example.com:4443/',
])('%s leads to the listener itself', (url) => {
  expect(() => refuseLoop(new URL(url), listeners, 'forward_loop', own)).toThrow(
    expect.objectContaining({ code: 'forward_loop' }),
  );
});

test.each([
  'http://127.0.0.1:3000/',
  'http://192.0.2.6:4400/',
  'https://hook.example.com/',
  'http://hook.example.com:4400/',
])('%s leads elsewhere', (url) => {
  expect(() => refuseLoop(new URL(url), listeners, 'forward_loop', own)).not.toThrow();
});

test('a URL without a port means that of its scheme', () => {
  expect(() =>
    refuseLoop(new URL('http://localhost'), ['http://127.0.0.1:80/'], 'replay_loop'),
  ).toThrow();
});

test('the names and addresses of this machine are known', () => {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const hosts = addresses
    .filter(({ scopeid = 0 }) => scopeid === 0)
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  for (const host of [hostname(), ...hosts]) {
    expect(() => refuseLoop(new URL(`http://${host}:4400`), listeners, 'replay_loop')).toThrow();
  }
});
