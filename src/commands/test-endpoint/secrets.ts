import { basicAuthorization } from '../../call/plan-call.js';
import type { TestEndpointOptions } from './options.js';

/** What an endpoint may say back and nobody must read: passwords, tokens, values of headers. */
export function secretsOf({
  credentials,
  headers,
  url,
}: Pick<TestEndpointOptions, 'credentials' | 'headers' | 'url'>): string[] {
  const given = headers
    .filter(([name]) => /auth|cookie|key|token|secret|password|signature/i.test(name))
    .flatMap(([, value]) => [value, ...value.split(' ').slice(1)]);
  const basic = credentials && basicAuthorization(credentials);
  return [
    ...given,
    ...(credentials && basic ? [credentials.password, basic.slice('Basic '.length)] : []),
    // A token in the URL is one that the panel sends.
    ...[...url.searchParams.values()].filter((value) => value.length >= 8),
  ];
}
