import { describe, expect, test } from 'vitest';
import { ContactIds } from '../../src/payload/contact-ids.js';

const many = Array.from({ length: 30 }, (_, index) => `other${index}@example.com`);

describe.each([
  ['few identifiers', []],
  ['many identifiers', many],
])('%s', (_, others) => {
  const ids = new ContactIds([
    'asha@example.com',
    '+91 00000 00001',
    'user/asha 1',
    '42',
    ...others,
  ]);

  test.each([
    'asha@example.com',
    'ASHA@Example.com',
    'Asha <asha@example.com>, later',
    'mailto:asha@example.com.',
    '"asha\\u0040example.com"',
    'https://shop.example.com/?to=asha%40example.com&x=1',
    '{"body":"data=%7B%22a%22%3A%22asha%40example.com%22%7D"}',
    'call 910000000001 now',
    '{"mobile":910000000001}',
    '+91 (00000) 00001',
    'by user/asha 1.',
  ])('are recognised in %s', (text) => {
    expect(ids.isMentionedIn(text)).toBe(true);
    expect(ids.mayConcern(text)).toBe(true);
  });

  test.each([
    'asha@example.com.au',
    'natasha@example.com',
    'x.asha@example.com',
    'asha@example.community',
    '9100000000012',
    '1910000000001',
    '0000000001',
    'user/asha 12',
    'order 42',
    '%zz%4',
    '',
  ])('are not taken for a part of %s', (text) => {
    expect(ids.isMentionedIn(text)).toBe(false);
  });
});

test('a short identifier that was found beside another one counts in its panel only', () => {
  const ids = new ContactIds();
  ids.addLinked({ panel: 'north', id: '42' });
  expect(ids.has({ panel: 'north', id: '42' })).toBe(true);
  expect(ids.has({ panel: 'south', id: '42' })).toBe(false);
  expect(ids.mayConcern('{"userid":"42"}')).toBe(true);
});
