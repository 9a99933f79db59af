import { describe, expect, test } from 'vitest';
import { parseHeader, planCall } from '../../src/call/plan-call.js';
import type { Problem } from '../../src/problems/problem.js';

const plan = {
  url: new URL('https://shop.example.com/webhooks/netcore'),
  body: new TextEncoder().encode('data=%7B%7D'),
  userAgent: 'netcore-hook/0.1.0',
};

describe('a planned call', () => {
  test('is a form that is posted, as Netcore posts it', () => {
    expect(planCall(plan)).toEqual({
      url: plan.url,
      method: 'POST',
      headers: [
        ['User-Agent', 'netcore-hook/0.1.0'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      body: plan.body,
    });
  });

  // The second is the example of RFC 7617, section 2.1.
  test.each([
    ['netcore', 'secret', 'Basic bmV0Y29yZTpzZWNyZXQ='],
    ['test', '123\u00a3', 'Basic dGVzdDoxMjPCow=='],
    ['netcore', 'a:b:', 'Basic bmV0Y29yZTphOmI6'],
  ])('carries %s and %s as Basic credentials in UTF-8', (user, password, value) => {
    const { headers } = planCall({ ...plan, credentials: { user, password } });
    expect(headers.at(-1)).toEqual(['Authorization', value]);
  });

  test('keeps the content type of a capture, or its lack of one', () => {
    const types = (contentType: string | null) =>
      planCall({ ...plan, contentType }).headers.filter(([name]) => name === 'Content-Type');
    expect(types('text/plain')).toEqual([['Content-Type', 'text/plain']]);
    expect(types(null)).toEqual([]);
  });

  test('puts given headers last, in order, in the place of its own of that name', () => {
    const headers = [
      ['user-agent', 'netcore'],
      ['X-Shop', 'north'],
      ['X-Shop', 'south'],
    ] as const;
    expect(planCall({ ...plan, headers }).headers).toEqual([
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ...headers,
    ]);
  });
});

describe('a header as it is typed', () => {
  test.each([
    ['X-Shop: north', ['X-Shop', 'north']],
    ['X-Shop:north', ['X-Shop', 'north']],
    ['X-Shop: \t a: b \t', ['X-Shop', 'a: b']],
    ['X-Empty:', ['X-Empty', '']],
    ['X-Shop: Z\u00fcrich', ['X-Shop', 'Z\u00c3\u00bcrich']],
  ])('%j is understood', (text, pair) => {
    expect(parseHeader('--header', text)).toEqual(pair);
  });

  test.each([
    ['X-Shop', 'it has no colon'],
    [': north', '"" is not a valid header name'],
    ['X Shop: north', '"X Shop" is not a valid header name'],
    ['X-Shop : north', '"X-Shop " is not a valid header name'],
    ['X-Shop: a\r\nX-Admin: 1', 'the value of X-Shop holds a control character'],
    ['X-Shop: a\nb', 'the value of X-Shop holds a control character'],
    ['X-Shop: a\0b', 'the value of X-Shop holds a control character'],
    ['Host: elsewhere', 'Host is derived from the URL and the body'],
    ['content-length: 1', 'content-length is derived from the URL and the body'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding is derived from the URL and the body'],
    ['Connection: close', 'Connection is derived from the URL and the body'],
  ])('%j is refused', (text, reason) => {
    expect(() => parseHeader('--header', text)).toThrow(
      expect.objectContaining({
        code: 'header_invalid',
        message: `--header is not a valid header: ${reason}.`,
      } satisfies Partial<Problem>),
    );
  });

  test('is not repeated when it is refused, since it may be a secret', () => {
    expect(() => parseHeader('--header', 'Authorization: Basic bmV0Y29yZQ==\n')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('bmV0Y29yZQ') }),
    );
    expect(() => parseHeader('--header', 'Basic bmV0Y29yZQ==')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('bmV0Y29yZQ') }),
    );
  });
});
