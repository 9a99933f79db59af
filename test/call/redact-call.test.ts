import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { keyedHash, redactCall } from '../../src/call/redact-call.js';
import { useWorkCounter } from '../helpers/count-work.js';

const countWork = useWorkCounter();

const hash = keyedHash('a key of the tests');
const form = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

function callWith(body: string | Uint8Array, given: Partial<ReceivedCall> = {}): ReceivedCall {
  return {
    time: 0,
    method: 'POST',
    target: '/hook',
    remote: '203.0.113.9',
    headers: [form],
    body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
    status: 200,
    ...given,
  };
}

function textOf({ body }: ReceivedCall): string {
  return Buffer.from(body).toString('latin1');
}

describe('a call', () => {
  test('is redacted in its headers, target and address as in its body', () => {
    const body = 'data=%7B%22p%22%3A%5B%7B%22email%22%3A%22asha%40shop.in%22%7D%5D%7D';
    const { call, remark } = redactCall(
      callWith(body, {
        target: '/hook/asha%40shop.in?to=asha@shop.in',
        headers: [
          form,
          ['Content-Length', String(body.length)],
          ['X-Forwarded-For', '203.0.113.9, 127.0.0.1'],
          ['X-Api-Key', 'live-4711-Abc'],
          ['Authorization', 'Basic <right>'],
          ['Cookie', 'id=asha'],
          ['X-Note', 'for asha@shop.in'],
          ['X-Customer-Name', 'Asha Rao'],
          ['User-Agent', 'Mozilla/5.0 Chrome/107.0.0.0'],
        ],
      }),
      hash,
    );
    const [name = ''] = /[a-z]{8}\d{4}/.exec(textOf(call)) ?? [];
    expect(remark).toBeUndefined();
    expect(textOf(call)).toBe(body.replace('asha%40shop.in', `${name}%40example.com`));
    expect(call.target).toBe(`/hook/${name}%40example.com?to=${name}@example.com`);
    expect(call.headers).toEqual([
      form,
      ['Content-Length', String(call.body.length)],
      ['X-Forwarded-For', `${call.remote}, 127.0.0.1`],
      ['X-Api-Key', expect.stringMatching(/^[a-z]{4}-\d{4}-[A-Z][a-z]{2}$/)],
      ['Authorization', 'Basic <right>'],
      ['Cookie', '<removed>'],
      ['X-Note', `for ${name}@example.com`],
      ['X-Customer-Name', expect.stringMatching(/^[A-Z][a-z]{7} [A-Z][a-z]{7}$/)],
      ['User-Agent', 'Mozilla/5.0 Chrome/107.0.0.0'],
    ]);
    expect(call.remote).toMatch(/^2[45]\d\./);
    expect(JSON.stringify(call.headers)).not.toContain('4711');
  });

  test.each([
    ['gzip', gzipSync('data=%7B%22p%22%3A%5B%5D%7D'), 'decoded', 'data=%7B%22p%22%3A%5B%5D%7D'],
    ['gzip', Buffer.from('asha@shop.in'), 'left_out', ''],
    ['zstd', Buffer.from('asha@shop.in'), 'left_out', ''],
    ['identity', Buffer.from('data=1'), undefined, 'data=1'],
  ])(
    'whose body is said to be %s is decoded, or its body left out',
    (coding, body, remark, text) => {
      const headers = [form, ['Content-Encoding', coding]] as const;
      const redacted = redactCall(callWith(body, { headers }), hash);
      expect(redacted.remark).toBe(remark);
      expect(textOf(redacted.call)).toBe(text);
      expect(redacted.call.headers).toEqual(remark === undefined ? headers : [form]);
    },
  );

  test.each([
    ['text', 'text/plain', 'call +91 98000 00001\n', /^call \+00 0\d{4} \d{5}\n$/, 'by_pattern'],
    ['JSON', 'application/json', '[{"firstname":"Asha"}]', /^\[\{"firstname":"[A-Z][a-z]{7}"\}\]$/],
    ['a form of another kind', form[1], 'mobile=47&note=asha', /^mobile=\d\d&note=asha$/],
    [
      'bytes that are not UTF-8',
      form[1],
      'a=\xff&email=asha%40shop.in',
      /^a=\xff&email=\w+%40example\.com$/,
    ],
    [
      'a multipart body',
      'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW',
      '------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n\r\n{"firstname":"Asha"}\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--',
      /^-{6}WebKitFormBoundary7MA4YWxkTrZu0gW\r\n\r\n\{"firstname":"[A-Z][a-z]{7}"\}\r\n-{6}WebKitFormBoundary7MA4YWxkTrZu0gW--$/,
      'by_pattern',
    ],
    ['two bytes a character', 'text/plain', 'a\0s\0h\0a\0', /^$/, 'left_out'],
    ['nothing', 'text/plain', '', /^$/],
  ])(
    'of %s is redacted as far as it can be read',
    (_name, type, body, redacted, remark = undefined) => {
      const { call, ...rest } = redactCall(
        callWith(body, { headers: [['Content-Type', type]] }),
        hash,
      );
      expect(textOf(call)).toMatch(redacted as RegExp);
      expect(rest.remark).toBe(remark);
    },
  );

  const eventOf = (at: number) => ({
    channel: 'email',
    event: 'open',
    att_params: {
      NAME: `Order ${at}`,
      EMAIL: `asha${at}@shop.in`,
      MOBILE: `98000${10_000 + at}`,
    },
    event_params: {
      subject: `Dear Order ${at}, see https://shop.example.com/?to=asha${at}%40shop.in`,
    },
  });
  const bodyOfEvents = (count: number) => {
    const payload = { p: Array.from({ length: count }, (_, at) => eventOf(1000 + at)) };
    return `data=${encodeURIComponent(JSON.stringify(payload))}`;
  };

  test('of many events keeps none of their persons', () => {
    const { call } = redactCall(callWith(bodyOfEvents(300)), hash);
    expect(decodeURIComponent(textOf(call))).not.toMatch(/asha\d|shop\.in|Order/);
  });

  test.each<[name: string, make: (size: number) => string]>([
    ['events', (size) => bodyOfEvents(size / 40)],
    ['%', (size) => '%'.repeat(size)],
    ['escapes', (size) => '%25'.repeat(size)],
    ['@', (size) => 'a@'.repeat(size)],
    ['brackets', (size) => '['.repeat(size)],
    ['quotes', (size) => '"'.repeat(size)],
    ['backslashes', (size) => '\\'.repeat(size)],
    ['digits', (size) => '1 '.repeat(size)],
    ['letters', (size) => 'aB'.repeat(size)],
    ['colons', (size) => 'a:'.repeat(size)],
    ['links', (size) => 'http://a?a=http%3A//b '.repeat(size / 10)],
    ['nested JSON', (size) => '{"a":"{\\"a\\":'.repeat(size / 10)],
  ])('of %s is redacted in work that grows as it does', async (_name, make) => {
    const rateOf = async (text: string) => {
      const { blocks, characters } = await countWork(() => {
        redactCall(callWith(`data=${text}`), hash);
        redactCall(callWith(text), hash);
      });
      return (blocks + characters) / text.length;
    };
    await rateOf(make(1000));
    expect(await rateOf(make(8000))).toBeLessThan((await rateOf(make(2000))) * 1.5 + 5);
  });
});
