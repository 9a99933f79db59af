import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode, Problem } from '../../src/index.js';

const body = 'data=%7B%22shop%22%3A%5B%7B%22channel%22%3A%22email%22%7D%5D%7D';
const payload = { shop: [{ channel: 'email' }] };

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('decode', () => {
  test.each([
    ['text', body],
    ['bytes', Buffer.from(body)],
    ['a parsed form', { data: JSON.stringify(payload), sig: 'abc' }],
    ['a parsed form with the field twice', { data: [JSON.stringify(payload), '{}'] }],
    ['a parsed form of parsed JSON', { data: payload }],
    ['the JSON itself', JSON.stringify(payload)],
  ])('takes %s', (_, given) => {
    expect(decode(given)).toEqual(payload);
  });

  test.each([
    ['', 'no_data_field'],
    ['order=1', 'no_data_field'],
    ['data=', 'data_empty'],
    ['data=%7B', 'payload_ends_early'],
    ['data=undefined', 'payload_not_json'],
    ['data=[]', 'payload_not_panels'],
    ['data=null', 'payload_not_panels'],
  ])('refuses %j as %s', (given, code) => {
    expect(codeOf(() => decode(given))).toBe(code);
  });

  test.each([
    [undefined, 'There is no field "data" in the body, which is undefined.'],
    [null, 'There is no field "data" in the body, which is null.'],
    [{}, 'There is no field "data" in the form.'],
  ])('points to the body parser when a handler hands over %j', (given, message) => {
    const decoding = () => decode(given as never);
    expect(codeOf(decoding)).toBe('no_data_field');
    expect(decoding).toThrow(message);
    expect(decoding).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('a form body parser') }),
    );
  });

  test('refuses a parsed form without the field', () => {
    expect(codeOf(() => decode({ sig: 'abc' } as never))).toBe('no_data_field');
  });

  test('reads what URLSearchParams and JSON.parse read', () => {
    const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.array(fc.jsonValue()));
    const broken = fc.constantFrom('', '%', '%zz', '%FF', '+', '&data=2', 'é', '\ud800');
    fc.assert(
      fc.property(json, broken, (value, noise) => {
        const text = JSON.stringify({ ...value, noise: ['?'] });
        const given = `data=${encodeURIComponent(text).replace('%3F', noise)}`;
        const plain = () => JSON.parse(new URLSearchParams(given).get('data') ?? '') as unknown;
        let expected: unknown;
        try {
          expected = plain();
        } catch {
          expect(() => decode(given)).toThrow(Problem);
          return;
        }
        expect(decode(given)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('encode', () => {
  test('is undone by decode, in both spellings', () => {
    const any = fc.dictionary(fc.string({ unit: 'binary' }), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(any, fc.constantFrom('compact', 'indented'), (value, spelling) => {
        // JSON has no -0 and no __proto__ that an object literal would keep.
        const clean = JSON.parse(JSON.stringify(value));
        expect(decode(encode(clean, { spelling }))).toEqual(clean);
      }),
    );
  });

  test('keeps the tokens of JSON text', () => {
    expect(encode('{"shop": [{"msgid": 9007199254740993, "price": 9990.90}]}')).toBe(
      'data=%7B%22shop%22%3A%5B%7B%22msgid%22%3A9007199254740993%2C%22price%22%3A9990.90%7D%5D%7D',
    );
  });

  test.each([
    ['{"shop":[', 'payload_ends_early'],
    ['{shop:[]}', 'payload_not_json'],
    ['[]', 'payload_not_panels'],
  ])('refuses %s as %s', (text, code) => {
    expect(codeOf(() => encode(text))).toBe(code);
  });
});
