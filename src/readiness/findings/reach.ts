import { plural } from '../../amounts.js';
import { entry } from './entry.js';

export const reachFindings = {
  url_with_credentials: entry(
    'warn',
    () =>
      'The URL contains a user name and a password, which then appear in logs and in the panel.',
    () =>
      "Enter them in the panel's fields for Basic authentication, and pass them here with --auth.",
  ),
  url_with_fragment: entry(
    'warn',
    (a: { fragment: string }) => `The part "${a.fragment}" of the URL is never sent.`,
    () => 'Remove it from the URL in the panel.',
  ),
  name_unknown: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Check the spelling, and that the DNS record is published.',
  ),
  address_private: entry(
    'warn',
    (a: { address: string }) => `${a.address} is a private address: Netcore cannot reach it.`,
    () => 'Enter a public address in the panel, or the URL of a tunnel to this address.',
  ),
  ipv6_only: entry(
    'warn',
    () =>
      'The name resolves only to IPv6 addresses. Netcore does not publish whether it supports IPv6.',
    () => 'Publish an IPv4 address (an A record) as well.',
  ),
  no_connection: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Start the server, check host and port, and open the firewall for Netcore.',
  ),
  not_https: entry(
    'skip',
    () => 'The URL uses http, so there is no TLS to check.',
    () => 'An endpoint on your own network needs no change.',
  ),
  not_encrypted: entry(
    'warn',
    () => 'The URL uses http: personal data and the password cross the internet unencrypted.',
    () => 'Serve the endpoint over https.',
  ),
  certificate_refused: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Install a certificate from a public authority for this name, with its full chain.',
  ),
  certificate_ignored: entry(
    'warn',
    (a: { reason: string }) => `${a.reason} It was accepted because of --insecure.`,
    () => 'Test without --insecure before you enter the URL in the panel.',
  ),
  certificate_expires_soon: entry(
    'warn',
    (a: { days: number }) =>
      `The certificate expires ${a.days < 1 ? 'within a day' : `in ${plural(a.days, 'day')}`}.`,
    () => 'Renew it, and automate the renewal.',
  ),
  tls_failed: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () =>
      "Correct the scheme of the URL or the server's TLS configuration. Inspect the handshake with openssl s_client -connect.",
  ),
  tls_1_3_only: entry(
    'warn',
    () => 'The server supports only TLS 1.3. Netcore does not publish whether it does.',
    () => 'Allow TLS 1.2 as well.',
  ),
} as const;
