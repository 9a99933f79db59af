import type { AnsweredAttempt } from '../call/attempt.js';

/**
 * The authentication that an answer requests: the schemes of its WWW-Authenticate headers, with
 * `Basic` in canonical case, or what its text reveals.
 */
export function wantedSchemes({ headers, body }: AnsweredAttempt): string[] {
  const challenges = headers
    .filter(([name]) => name.toLowerCase() === 'www-authenticate')
    .flatMap(([, value]) => schemesOf(value));
  if (challenges.length > 0) return [...new Set(challenges)];
  const text = new TextDecoder().decode(body);
  const hint = hints.find(([pattern]) => pattern.test(text));
  return hint ? [hint[1]] : [];
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/\bapi[-_ ]?key\b/i, 'an API key'],
  [/\bbearer\b|\bjwt\b|\baccess[-_ ]?token\b/i, 'a Bearer token'],
];

const names: Readonly<Record<string, string>> = {
  basic: 'Basic',
  bearer: 'a Bearer token',
  digest: 'Digest authentication',
  apikey: 'an API key',
  'api-key': 'an API key',
};

/**
 * The schemes in one header's challenges (RFC 9110, section 11.6.1). A scheme stands at the
 * beginning or after a comma; unlike a parameter's name, no equals sign follows.
 */
function schemesOf(value: string): string[] {
  const bare = value.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...bare.matchAll(/(?:^|,)\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s|,|$)(?!\s*=)/g)].map(
    ([, scheme = '']) => names[scheme.toLowerCase()] ?? scheme,
  );
}
