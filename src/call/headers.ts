import type { HeaderPairs } from './call.js';

/** The first value of a header. The name must be in lower case. */
export function headerValue(headers: HeaderPairs, name: string): string | undefined {
  for (const [raw, value] of headers) {
    if (raw.length === name.length && raw.toLowerCase() === name) return value;
  }
  return undefined;
}

/**
 * The headers as they may be stored and shown, with credentials and cookies replaced.
 * `credentialsRight`: Authorization was checked and accepted.
 */
export function withoutSecrets(headers: HeaderPairs, credentialsRight: boolean): HeaderPairs {
  return headers.map(([name, value]): readonly [string, string] => {
    switch (name.length) {
      case 6:
        return name.toLowerCase() === 'cookie' ? [name, '<removed>'] : [name, value];
      case 13:
        if (name.toLowerCase() !== 'authorization') return [name, value];
        return [name, credentialsRight ? 'Basic <right>' : '<removed>'];
      case 19:
        return name.toLowerCase() === 'proxy-authorization' ? [name, '<removed>'] : [name, value];
      default:
        return [name, value];
    }
  });
}
