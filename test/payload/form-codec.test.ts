import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dataValue,
  findField,
  formBytes,
  formEncoded,
  writeForm,
} from '../../src/payload/form-codec.js';
import { atOnce } from '../../src/payload/read-call.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array) => new TextDecoder().decode(body);

/** Text that looks like form bodies: names, separators, escapes whole and broken, any character. */
const formish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'data',
        'data=',
        '&',
        '=',
        '+',
        '%',
        '%2',
        '%zz',
        '%64',
        '%C3%A9',
        '%FF',
        '?',
      ),
      fc.constantFrom('%ED%A0%80', '%EF%BB%BF', '\ufeff', '\ud800', 'é', '🎉', ' ', '{"p":[]}'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

describe('dataValue', () => {
  test('answers what URLSearchParams answers, for any text', () => {
    fc.assert(
      fc.property(formish, (body) => {
        expect(dataValue(body)).toBe(new URLSearchParams(body).get('data'));
      }),
      { numRuns: 3000 },
    );
  });

  test('reads bytes as the URL Standard does, raw ones beyond ASCII and broken escapes side by side', () => {
    expect(dataValue(bytes('x=1&data=café%FF+50%'))).toBe('café\ufffd 50%');
    expect(dataValue(bytes('?data=1'))).toBeNull();
  });

  test('reads a body that is larger than the room kept for it', () => {
    const value = 'Thane & Kalyan '.repeat(20_000);
    const body = `data=${formEncoded(value)}`;
    expect(dataValue(body)).toBe(value);
    expect(dataValue(bytes(body))).toBe(value);
  });
});

describe('findField', () => {
  const find = (body: string) => atOnce(findField(bytes(body), 0));

  test.each([
    ['data=1&x=2&d%61ta=3&data=', { name: 'data', start: 5, end: 6, count: 3 }],
    ['Data=1&data=2&DATA=3', { name: 'data', start: 12, end: 13, count: 1 }],
    ['x=data&+DaTa%20=1&data2=3&DATA=', { name: ' DaTa ', start: 16, end: 17, count: 2 }],
    ['x=1&\ufeffdata=1', { name: '\ufeffdata', start: 12, end: 13, count: 1 }],
    ['data', { name: 'data', start: 4, end: 4, count: 1 }],
    ['dat=2&data2=3&x=data&Data', undefined],
    ['', undefined],
  ])('finds in %j %j', (body, expected) => {
    expect(find(body)).toEqual(expected);
  });
});

describe('formBytes', () => {
  test('writes compact JSON as writeForm does, in any language and of any length', () => {
    const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(
      fc.property(value, (each) => {
        const json = JSON.stringify(each);
        expect(text(formBytes(json))).toBe(`data=${formEncoded(json)}`);
      }),
    );
    const long = JSON.stringify('a b&%~!'.repeat(20_000));
    for (const json of [long, `"\ud800"`, '']) {
      expect(text(formBytes(json))).toBe(`data=${formEncoded(json)}`);
    }
  });

  test('returns bytes of its own', () => {
    const first = formBytes('{"p":[]}');
    formBytes('{"q":[1]}');
    expect(text(first)).toBe('data=%7B%22p%22%3A%5B%5D%7D');
  });
});

describe('writeForm', () => {
  test('escapes everything but the unreserved characters, blanks as %20', () => {
    expect(writeForm('{"p": [{"n":"a b+c\'(é)*!~._-"}]}')).toBe(
      'data=%7B%22p%22%3A%5B%7B%22n%22%3A%22a%20b%2Bc%27%28%C3%A9%29%2A%21~._-%22%7D%5D%7D',
    );
  });

  test('indents in the second spelling', () => {
    expect(writeForm('{"p":[]}', 'indented')).toBe('data=%7B%0A%20%20%22p%22%3A%20%5B%5D%0A%7D');
  });

  test('writes a lone surrogate as its JSON escape, since it has no UTF-8', () => {
    expect(dataValue(writeForm('{"n":"\ud800"}'))).toBe('{"n":"\\ud800"}');
  });
});
