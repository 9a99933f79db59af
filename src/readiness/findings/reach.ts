import { plural } from '../../amounts.js';
import { entry } from './entry.js';

/** Whether the endpoint can be reached at all. */
export const reachFindings = {
  url_with_credentials: entry(
    'warn',
    () => 'The URL holds a user name and a password, so they end up in logs and in the panel.',
    () => "Enter them in the panel's fields for Basic authentication, and here with --auth.",
  ),
  url_with_fragment: entry(
    'warn',
    (a: { fragment: string }) => `The part "${a.fragment}" of the URL is never sent.`,
    () => 'Leave it out of the URL in the panel.',
  ),
  name_unknown: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Check the spelling, and that the DNS record is published.',
  ),
  address_private: entry(
    'warn',
    (a: { address: string }) => `${a.address} is a private address: Netcore cannot reach it.`,
    () => 'Give the panel a public address, or a tunnel that leads here.',
  ),
  ipv6_only: entry(
    'warn',
    () =>
      'The name leads to IPv6 addresses only, and whether Netcore calls those is not published.',
    () => 'Publish an IPv4 address (an A record) as well.',
  ),
  no_connection: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Start the server, check host and port, and open the firewall for Netcore.',
  ),
  not_https: entry(
    'skip',
    () => 'The URL is http, so there is no TLS to look at.',
    () => 'Nothing needs to be done for an endpoint that stays on your own network.',
  ),
  not_encrypted: entry(
    'warn',
    () => 'The URL is http: contacts and the password cross the internet in clear.',
    () => 'Serve the endpoint over https.',
  ),
  certificate_refused: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () => 'Install a certificate of a public authority for this name, with its whole chain.',
  ),
  certificate_ignored: entry(
    'warn',
    (a: { reason: string }) => `${a.reason} It was accepted because of --insecure.`,
    () => 'Test without --insecure before the URL goes into the panel.',
  ),
  certificate_expires_soon: entry(
    'warn',
    (a: { days: number }) =>
      `The certificate expires ${a.days < 1 ? 'within a day' : `in ${plural(a.days, 'day')}`}.`,
    () => 'Renew it, and see to it that renewing is automatic.',
  ),
  tls_failed: entry(
    'fail',
    (a: { reason: string }) => a.reason,
    () =>
      "Correct the scheme of the URL or the server's TLS; openssl s_client -connect shows what it says.",
  ),
  tls_1_3_only: entry(
    'warn',
    () => 'The server speaks TLS 1.3 only, and whether Netcore does is not published.',
    () => 'Allow TLS 1.2 as well.',
  ),
} as const;
