import { describe, expect, test } from 'vitest';
import { basicAuthenticator } from '../../src/receiver/basic-auth.js';

const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const authenticate = basicAuthenticator([
  { user: 'netcore', password: 'pä:ss' },
  { user: 'netcore', password: 'next' },
]);

describe('Basic authentication', () => {
  test.each([
    ['the right pair', `Basic ${encode('netcore:pä:ss')}`],
    ['the pair it rotates to', `Basic ${encode('netcore:next')}`],
    ['the scheme in other cases', `bAsIC ${encode('netcore:next')}`],
    ['several blanks after the scheme', `Basic   ${encode('netcore:next')}`],
  ])('lets %s in', (_, header) => {
    expect(authenticate([header])).toEqual({ kind: 'right' });
  });

  test.each([
    ['no header', [], 'no_credentials', undefined],
    ['an empty header', [''], 'not_basic', undefined],
    ['a token', ['Bearer abc'], 'not_basic', undefined],
    ['a wrong password', [`Basic ${encode('netcore:pä')}`], 'wrong_password', 'netcore'],
    ['an empty password', [`Basic ${encode('netcore:')}`], 'wrong_password', 'netcore'],
    ['a longer password', [`Basic ${encode('netcore:next ')}`], 'wrong_password', 'netcore'],
    ['another user', [`Basic ${encode('someone:next')}`], 'unknown_user', 'someone'],
    [
      'user and password of different pairs',
      [`Basic ${encode('next:netcore')}`],
      'unknown_user',
      'next',
    ],
    ['no colon', [`Basic ${encode('netcore')}`], 'broken_credentials', undefined],
    ['no credentials after the scheme', ['Basic'], 'broken_credentials', undefined],
    [
      'base64 with junk in it',
      [`Basic ${encode('netcore:next')}!`],
      'broken_credentials',
      undefined,
    ],
    ['base64 without its padding', ['Basic bmV0Y29yZTpuZXh0Cg'], 'broken_credentials', undefined],
    [
      'Latin-1 instead of UTF-8',
      [`Basic ${Buffer.from('netcore:pä:ss', 'latin1').toString('base64')}`],
      'wrong_password',
      'netcore',
    ],
    [
      'two headers, one of them right',
      [`Basic ${encode('netcore:next')}`, `Basic ${encode('netcore:no')}`],
      'broken_credentials',
      undefined,
    ],
  ])('refuses %s', (_, headers, code, user) => {
    expect(authenticate(headers)).toEqual({ kind: 'refused', code, user });
  });
});
