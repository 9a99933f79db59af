import type { HeaderPairs } from './call.js';

/** The value of a header, the first where it is repeated. The name in lower case. */
export function headerValue(headers: HeaderPairs, name: string): string | undefined {
  for (const [raw, value] of headers) {
    if (raw.length === name.length && raw.toLowerCase() === name) return value;
  }
  return undefined;
}

/**
 * The headers as they may be kept and shown: credentials and cookies replaced, everything else as
 * it came. `credentialsRight` says that Authorization was checked and let the call in.
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
