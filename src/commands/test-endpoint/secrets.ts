import { basicAuthorization } from '../../call/plan-call.js';
import { isSecretHeader } from '../../readiness/reports/conceal.js';
import type { TestEndpointOptions } from './options.js';

/** Secrets that an endpoint may echo: passwords, tokens, values of headers. */
export function secretsOf({
  credentials,
  headers,
  url,
}: Pick<TestEndpointOptions, 'credentials' | 'headers' | 'url'>): string[] {
  const given = headers
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([, value]) => [value, ...value.split(' ').slice(1)]);
  const basic = credentials && basicAuthorization(credentials);
  return [
    ...given,
    ...(credentials && basic ? [credentials.password, basic.slice('Basic '.length)] : []),
    // Long query values may be the panel's tokens.
    ...[...url.searchParams.values()].filter((value) => value.length >= 8),
  ];
}
