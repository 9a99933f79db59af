import { describe, expect, test } from 'vitest';
import type { Capture, HeaderPairs } from '../../src/call/call.js';
import { type ForwardTarget, planForward } from '../../src/queue/plan-forward.js';
import { plainCall } from '../helpers/store.js';

const capture: Capture = { ...plainCall, id: '1pbv5g9h38abcdef' };

const to = (url: string, options: Partial<ForwardTarget> = {}): ForwardTarget => ({
  url: new URL(url),
  keepPath: false,
  credentials: undefined,
  ...options,
});
const handler = to('http://127.0.0.1:3000/netcore');

function headersOf(headers: HeaderPairs, number = 1, target = handler): HeaderPairs {
  return planForward({ capture: { ...capture, headers } }, number, target).headers;
}

const ownHeaders = [
  ['X-Netcore-Hook-Id', '1pbv5g9h38abcdef'],
  ['X-Netcore-Hook-Attempt', '1'],
  ['X-Netcore-Hook-Hops', '1'],
];

describe('a forwarded call', () => {
  test('has the method and the body of the capture, and the URL as it was given', () => {
    const body = Buffer.from([0, 255, 13, 10, 37]);
    const target = to('http://127.0.0.1:3000/netcore/?key=a%20b');
    const call = planForward({ capture: { ...capture, method: 'PUT', body } }, 1, target);
    expect(call).toMatchObject({ method: 'PUT', body });
    expect(call.url.href).toBe('http://127.0.0.1:3000/netcore/?key=a%20b');
  });

  test('that was delivered before says how often it was queued again', () => {
    const sent = [['X-Netcore-Hook-Redelivery', '7']] as const;
    const { headers } = planForward(
      { capture: { ...capture, headers: sent }, redelivery: 2 },
      1,
      handler,
    );
    expect(headers).toContainEqual(['X-Netcore-Hook-Redelivery', '2']);
    expect(headersOf(sent)).toEqual(ownHeaders);
  });

  test('has the headers as they came, repeated ones too, and ours after them', () => {
    const headers = [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['content-ENCODING', 'gzip'],
      ['X-Forwarded-For', '203.0.113.7'],
      ['X-Forwarded-For', '198.51.100.9'],
      ['User-Agent', 'Netcore'],
      ['X-Shop', 'caf\xe9'],
    ] as const;
    expect(headersOf(headers)).toEqual([...headers, ...ownHeaders]);
  });

  test.each<[string, HeaderPairs]>([
    [
      'delimits or routes it',
      [
        ['Host', 'shop.example.com'],
        ['Content-Length', '12'],
        ['Transfer-Encoding', 'chunked'],
        ['TE', 'trailers'],
        ['Trailer', 'X-Sum'],
        ['Keep-Alive', 'timeout=5'],
        ['Proxy-Connection', 'keep-alive'],
        ['Upgrade', 'h2c'],
        ['Expect', '100-continue'],
      ],
    ],
    [
      'is a secret of the listener',
      [
        ['AUTHORIZATION', 'Basic <right>'],
        ['Proxy-Authorization', '<removed>'],
        ['cookie', '<removed>'],
      ],
    ],
    [
      'is named by Connection',
      [
        ['Connection', 'close, X-Hop'],
        ['connection', 'x-other'],
        ['X-Hop', '1'],
        ['X-Other', '2'],
      ],
    ],
    [
      'no header may hold',
      [
        ['X-Shop', 'a\r\nX-Evil: 1'],
        ['X-Shop', 'a\0b'],
        ['X-Shop', 'snow ☃'],
        ['X Shop', 'a'],
        ['', 'a'],
      ],
    ],
    [
      'another listener has added',
      [
        ['x-netcore-hook-id', 'another'],
        ['X-NETCORE-HOOK-ATTEMPT', '7'],
      ],
    ],
  ])('has no header that %s', (_name, headers) => {
    expect(headersOf(headers)).toEqual(ownHeaders);
  });

  test('has credentials only when they were given', () => {
    const credentials = { user: 'shop', password: 'pässword:1' };
    expect(
      headersOf([['Authorization', 'Basic <right>']], 1, { ...handler, credentials }),
    ).toContainEqual([
      'Authorization',
      `Basic ${Buffer.from('shop:pässword:1').toString('base64')}`,
    ]);
  });

  test('counts its tries', () => {
    expect(headersOf([], 7)).toContainEqual(['X-Netcore-Hook-Attempt', '7']);
  });

  test.each<[string[], string]>([
    [[], '1'],
    [['1'], '2'],
    [['3', '1'], '4'],
    [['1, 4'], '5'],
    [['many'], '1'],
    [['-2'], '1'],
  ])('that has made the hops %j counts one more: %s', (values, expected) => {
    const headers = values.map((value) => ['x-netcore-hook-hops', value] as const);
    // Connection must not be a way to begin anew.
    expect(headersOf([...headers, ['Connection', 'X-Netcore-Hook-Hops']])).toContainEqual([
      'X-Netcore-Hook-Hops',
      expected,
    ]);
  });
});

describe('a call that keeps its path', () => {
  test.each([
    ['http://127.0.0.1:3000', '/hook', 'http://127.0.0.1:3000/hook'],
    [
      'http://127.0.0.1:3000/api',
      '/hook/email?a=1&b',
      'http://127.0.0.1:3000/api/hook/email?a=1&b',
    ],
    ['http://127.0.0.1:3000/api/', '/hook', 'http://127.0.0.1:3000/api/hook'],
    ['http://127.0.0.1:3000/api?key=7', '/hook?a=1', 'http://127.0.0.1:3000/api/hook?key=7&a=1'],
    ['http://127.0.0.1:3000/api', '/', 'http://127.0.0.1:3000/api'],
    ['http://127.0.0.1:3000/api', '/?a=1', 'http://127.0.0.1:3000/api?a=1'],
    ['http://127.0.0.1:3000/api', '*', 'http://127.0.0.1:3000/api'],
    ['http://127.0.0.1:3000/api', '/a%2Fb%00?x=%zz', 'http://127.0.0.1:3000/api/a%2Fb%00?x=%zz'],
    [
      'http://127.0.0.1:3000/api',
      '/caf\xe9 #?q=\xe9',
      'http://127.0.0.1:3000/api/caf%E9%20%23?q=%E9',
    ],
    ['http://127.0.0.1:3000', 'http://192.0.2.1/hook?a', 'http://127.0.0.1:3000/hook?a'],
    ['http://127.0.0.1:3000', '//192.0.2.1/hook', 'http://127.0.0.1:3000/192.0.2.1/hook'],
    ['http://127.0.0.1:3000', '/\\192.0.2.1/hook', 'http://127.0.0.1:3000/192.0.2.1/hook'],
    ['http://127.0.0.1:3000', '/x/..//192.0.2.1', 'http://127.0.0.1:3000/192.0.2.1'],
    ['http://127.0.0.1:3000', '@192.0.2.1/hook', 'http://127.0.0.1:3000/@192.0.2.1/hook'],
    ['http://127.0.0.1:3000', ':80@192.0.2.1/', 'http://127.0.0.1:3000/:80@192.0.2.1/'],
    ['http://127.0.0.1:3000/api', '/../../admin', 'http://127.0.0.1:3000/api/admin'],
    ['http://127.0.0.1:3000/api', '/%2e%2e/%2E./admin', 'http://127.0.0.1:3000/api/admin'],
  ])('to %s from %j goes to %s', (url, target, expected) => {
    const call = planForward({ capture: { ...capture, target } }, 1, to(url, { keepPath: true }));
    expect(call.url.href).toBe(expected);
  });
});
