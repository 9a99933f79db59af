import { describe, expect, test } from 'vitest';
import { addressKind, addressSet, isLoopback, peerAddress } from '../../src/call/addresses.js';

describe('a set of addresses', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['198.51.100.0/24', '198.51.100.255', true],
    ['198.51.100.0/24', '198.51.101.0', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:1::7', true],
    ['2001:db8::/32', '2001:db9::7', false],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['::ffff:192.0.2.0/120', '192.0.2.9', true],
    ['::ffff:192.0.2.0/120', '192.0.3.9', false],
    ['0:0:0:0:0:FFFF:192.0.2.0/120', '192.0.2.9', true],
    ['2001:DB8:0:0:0:0:0:7', '2001:db8::7', true],
    ['::1', '::1', true],
    ['192.0.2.7', 'unknown', false],
    ['192.0.2.7', '', false],
  ])('%s and %s: %s', (entry, address, belongs) => {
    expect(addressSet('--allow', [entry])(address)).toBe(belongs);
  });

  test.each([
    ['shop.example.com'],
    ['192.0.2'],
    ['192.0.2.7/33'],
    ['192.0.2.7/-1'],
    ['192.0.2.7/'],
    ['192.0.2.7/24/8'],
    ['192.0.2.07'],
    ['2001:db8::/129'],
    ['::ffff:192.0.2.0/24'],
    ['*'],
  ])('refuses the entry %s by name', (entry) => {
    expect(() => addressSet('--allow', ['192.0.2.1', entry])).toThrow(entry);
  });
});

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.7', '192.0.2.7'],
])('%s is shown as %s', (address, shown) => {
  expect(peerAddress(address)).toBe(shown);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['shop.localhost', true],
  ['0.0.0.0', false],
  ['192.0.2.7', false],
  ['localhost.example.com', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test.each([
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.7', 'private'],
  ['169.254.169.254', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::7', 'private'],
  ['fe80::1%eth0', 'private'],
  ['::ffff:10.1.2.3', 'private'],
  ['172.32.0.1', 'public'],
  ['192.0.2.7', 'public'],
  ['2001:db8::7', 'public'],
])('%s leads to a %s place', (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});
