import { expect, test } from 'vitest';
import { wantedSchemes } from '../../src/readiness/wanted-schemes.js';

const text = (words: string) => new TextEncoder().encode(words);

test.each<[challenges: readonly string[], body: string, schemes: readonly string[]]>([
  [['Basic realm="shop"'], '', ['Basic']],
  [['basic'], '', ['Basic']],
  [['Bearer'], '', ['a Bearer token']],
  [['Bearer realm="shop, Basic users", error="invalid_token"'], '', ['a Bearer token']],
  [['Bearer realm="a \\" b", Basic realm="shop"'], '', ['a Bearer token', 'Basic']],
  [['Bearer', 'Basic realm="shop"'], '', ['a Bearer token', 'Basic']],
  [['Digest realm="shop", qop="auth", nonce=abc'], '', ['Digest authentication']],
  [['ApiKey'], '', ['an API key']],
  [['Negotiate'], '', ['Negotiate']],
  [[], '{"message":"Missing api_key"}', ['an API key']],
  [[], 'Bearer token required', ['a Bearer token']],
  [[], 'Who are you?', []],
  [['Basic'], 'an API key or a Bearer token', ['Basic']],
])('%j and %j want %j', (challenges, body, schemes) => {
  const found = wantedSchemes({
    kind: 'answered',
    status: 401,
    headers: challenges.map((value) => ['WWW-Authenticate', value] as const),
    body: text(body),
    bytes: body.length,
    ms: 1,
  });
  expect(found).toEqual(schemes);
});
