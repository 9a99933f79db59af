import { describe, expect, test } from 'vitest';
import { addressSet } from '../../src/call/addresses.js';
import { clientAddress } from '../../src/receiver/client-address.js';

const trusted = addressSet('--trust-proxy', ['10.0.0.0/8', '2001:db8:aaaa::/48']);

describe('the client of a call', () => {
  test.each([
    ['is the peer when it is no trusted proxy', '203.0.113.9', ['192.0.2.7'], '203.0.113.9'],
    ['is the peer when a proxy tells nothing', '10.0.0.1', [], '10.0.0.1'],
    ['is what a trusted proxy saw', '10.0.0.1', ['192.0.2.7'], '192.0.2.7'],
    ['stands right of what it invented', '10.0.0.1', ['198.51.100.1, 192.0.2.7'], '192.0.2.7'],
    ['stands left of trusted proxies', '10.0.0.1', ['192.0.2.7, 10.2.3.4, 10.9.9.9'], '192.0.2.7'],
    [
      'is found over repeated lines',
      '10.0.0.1',
      ['198.51.100.1', '192.0.2.7,10.2.3.4'],
      '192.0.2.7',
    ],
    ['is the first of proxies alone', '10.0.0.1', ['10.1.1.1, 10.2.2.2'], '10.1.1.1'],
    ['may hide junk behind it', '10.0.0.1', ['<script>, , 192.0.2.7'], '192.0.2.7'],
    ['may come with a port', '10.0.0.1', ['192.0.2.7:4711'], '192.0.2.7'],
    ['may be IPv6', '2001:db8:aaaa::1', ['2001:DB8:0:0::7'], '2001:db8::7'],
    ['may be IPv6 in brackets', '10.0.0.1', ['[2001:db8::7]:443'], '2001:db8::7'],
    ['counts as IPv4 when it is mapped', '10.0.0.1', ['0:0:0:0:0:ffff:192.0.2.7'], '192.0.2.7'],
    ['is found behind a mapped proxy', '10.0.0.1', ['192.0.2.7, ::ffff:10.2.3.4'], '192.0.2.7'],
  ])('%s', (_, peer, lines, client) => {
    expect(clientAddress(peer, lines, trusted)).toBe(client);
  });

  test.each([
    [''],
    [','],
    ['192.0.2.7,'],
    ['192.0.2.7, unknown'],
    ['192.0.2.7, 10.2.3.4, _hidden'],
    ['192.0.2.07'],
    ['192.0.2.7/32'],
    ['192.0.2.7:port'],
    ['192.0.2.7%eth0'],
    ['[192.0.2.7'],
    ['for=192.0.2.7'],
    ['3221225991'],
    ['0xC0000207'],
  ])('cannot be told from "%s"', (line) => {
    expect(clientAddress('10.0.0.1', [line], trusted)).toBeUndefined();
  });
});
