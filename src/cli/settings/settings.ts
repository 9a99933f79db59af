import type { Variable } from '../setting.js';
import {
  channel,
  choice,
  credentials,
  type Kind,
  list,
  listed,
  network,
  onOff,
  panel,
  path,
  rate,
  redis,
  size,
  time,
  url,
  whole,
  words,
  zone,
} from './kind.js';

/** A setting that may stand in the project file. */
export interface SettingDefinition {
  /** What the project file calls it. */
  readonly key: string;
  /** What the command line calls it. */
  readonly flag: string;
  readonly variable?: Variable;
  readonly kind: Kind;
  /** What counts when nothing is said, as JSON; undefined: nothing, or it depends. */
  readonly standard?: string | number | boolean;
  /** Who takes it: `queue` with all that it does, `queue work` only for that. */
  readonly commands: readonly string[];
  /** What it is about; it means nothing without one of these, which stand before it in the list. */
  readonly needs?: readonly string[];
  readonly says: string;
}

const keepers = [
  'listen',
  'send',
  'replay',
  'history',
  'test-endpoint',
  'inspect',
  'queue',
  'status',
];
const callers = ['send', 'replay', 'test-endpoint', 'encode'];
const forwarders = ['listen', 'queue work'];
const forwarding = { commands: forwarders, needs: ['forwardTo'] };
const alerting = { commands: forwarders, needs: ['alertUrl', 'alertCommand'] };

/**
 * Every setting of the project file, in the order in which people are told. The file's reader, its
 * schema, `config` and docs/configuration.md are derived from it.
 */
export const settings: readonly SettingDefinition[] = [
  {
    key: 'store',
    flag: '--store',
    variable: 'NETCORE_HOOK_STORE',
    kind: path('./captures'),
    commands: keepers,
    says: 'The folder that captures are kept in. A profile has one of its own.',
  },
  {
    key: 'to',
    flag: '--to',
    variable: 'NETCORE_HOOK_TO',
    kind: url(),
    commands: callers,
    says: 'The URL that calls are sent to, and that test-endpoint tests.',
  },
  {
    key: 'auth',
    flag: '--auth',
    variable: 'NETCORE_HOOK_AUTH',
    kind: credentials(),
    commands: callers,
    says: 'Basic credentials for it.',
  },
  {
    key: 'panel',
    flag: '--panel',
    variable: 'NETCORE_HOOK_PANEL',
    kind: panel,
    commands: ['send', 'test-endpoint'],
    says: 'The panel that samples are sent as events of.',
  },
  {
    key: 'tz',
    flag: '--tz',
    variable: 'NETCORE_HOOK_TZ',
    kind: zone,
    standard: 'Asia/Kolkata',
    commands: ['send'],
    says: "The panel's time zone, for the times of samples.",
  },
  {
    key: 'timeout',
    flag: '--timeout',
    kind: time(),
    standard: '10s',
    commands: ['send', 'replay', 'test-endpoint'],
    says: 'How long an answer may take.',
  },
  {
    key: 'suite',
    flag: '--suite',
    kind: choice(['basic', 'full']),
    standard: 'basic',
    commands: ['test-endpoint'],
    says: 'How much test-endpoint asks.',
  },
  {
    key: 'skip',
    flag: '--skip',
    kind: listed(words('methods', '^[A-Za-z][A-Za-z0-9_-]*$', 'it is no id of a check')),
    commands: ['test-endpoint'],
    says: 'The checks that test-endpoint leaves out.',
  },
  {
    key: 'failOn',
    flag: '--fail-on',
    kind: choice(['failure', 'warning']),
    standard: 'failure',
    commands: ['test-endpoint'],
    says: 'What makes the exit code of test-endpoint 1.',
  },
  {
    key: 'framework',
    flag: '--framework',
    kind: choice([
      'express',
      'fastify',
      'next',
      'nest',
      'php',
      'laravel',
      'django',
      'flask',
      'go',
      'nginx',
    ]),
    commands: ['test-endpoint'],
    says: 'The framework that test-endpoint shows fixes for; else the one that it recognises.',
  },
  {
    key: 'port',
    flag: '--port',
    kind: whole({ min: 0, max: 65_535 }),
    standard: 4400,
    commands: ['listen'],
    says: 'The port to listen on; 0 takes a free one.',
  },
  {
    key: 'host',
    flag: '--host',
    kind: words('127.0.0.1'),
    standard: '127.0.0.1',
    commands: ['listen'],
    says: 'The address to listen on. Beyond loopback it takes listenAuth or allow.',
  },
  {
    key: 'path',
    flag: '--path',
    kind: words('/webhooks/netcore', '^/[^\\s?#]*$', 'it is not the path of a URL'),
    commands: ['listen'],
    says: 'The one path that is served; others are answered 404.',
  },
  {
    key: 'listenAuth',
    flag: '--auth',
    variable: 'NETCORE_HOOK_LISTEN_AUTH',
    kind: list(credentials()),
    commands: ['listen'],
    says: 'Basic credentials that callers need; any of several.',
  },
  {
    key: 'allow',
    flag: '--allow',
    kind: listed(network),
    commands: ['listen'],
    says: 'The addresses and networks that are let in.',
  },
  {
    key: 'trustProxy',
    flag: '--trust-proxy',
    kind: listed(network),
    commands: ['listen'],
    says: 'The proxies in front, whose X-Forwarded-For tells the client.',
  },
  {
    key: 'maxBody',
    flag: '--max-body',
    kind: size({ most: 1024 ** 3 }),
    standard: '10mb',
    commands: ['listen'],
    says: 'Larger bodies are answered 413.',
  },
  {
    key: 'keepAlive',
    flag: '--keep-alive',
    kind: time({ least: 1_000, example: '620s' }),
    standard: '75s',
    commands: ['listen'],
    says: 'How long a connection is kept open after an answer.',
  },
  {
    key: 'tlsCert',
    flag: '--tls-cert',
    kind: path('./tls/certificate.pem'),
    commands: ['listen'],
    says: 'The certificate to serve HTTPS with, a PEM file.',
  },
  {
    key: 'tlsKey',
    flag: '--tls-key',
    kind: path('./tls/key.pem'),
    commands: ['listen'],
    says: 'Its private key, a PEM file.',
  },
  {
    key: 'health',
    flag: '--no-health',
    kind: onOff,
    standard: true,
    commands: ['listen'],
    says: 'Whether GET /_netcore-hook/health is answered.',
  },
  {
    key: 'inspect',
    flag: '--no-inspect',
    kind: onOff,
    standard: true,
    commands: ['listen'],
    says: 'Whether listen serves the inspector, the local web page.',
  },
  {
    key: 'inspectPort',
    flag: '--inspect-port',
    kind: whole({ min: 0, max: 65_535 }),
    standard: 4401,
    commands: ['listen', 'inspect'],
    needs: ['inspect'],
    says: 'The port of the inspector; 0 takes a free one.',
  },
  {
    key: 'keepFor',
    flag: '--keep-for',
    kind: time({ most: Number.MAX_SAFE_INTEGER }),
    standard: '30d',
    commands: ['listen'],
    says: 'The store keeps captures this long. Waiting calls stay longer.',
  },
  {
    key: 'keepSize',
    flag: '--keep-size',
    kind: size({ least: 1024 ** 2 }),
    standard: '10gb',
    commands: ['listen'],
    says: 'The store keeps the newest captures that fit into this size. Waiting calls stay.',
  },
  {
    key: 'keep',
    flag: '--keep',
    kind: whole({ min: 0, max: 1_000_000_000 }, 100_000),
    commands: ['listen'],
    says: 'The store keeps only this many captures, the newest. Waiting calls stay.',
  },
  {
    key: 'forwardTo',
    flag: '--forward-to',
    kind: url(),
    commands: forwarders,
    says: 'The URL that every call is forwarded to, until it is answered.',
  },
  {
    key: 'forwardAuth',
    flag: '--forward-auth',
    variable: 'NETCORE_HOOK_FORWARD_AUTH',
    kind: credentials('same'),
    ...forwarding,
    says: 'Basic credentials for it; "same": those of listenAuth.',
  },
  {
    key: 'keepPath',
    flag: '--keep-path',
    kind: onOff,
    standard: false,
    ...forwarding,
    says: "Whether the call's own path and query are appended to that URL.",
  },
  {
    key: 'forwardChannel',
    flag: '--forward-channel',
    kind: listed(channel),
    ...forwarding,
    says: 'Only calls with events of these channels are forwarded.',
  },
  {
    key: 'forwardEvent',
    flag: '--forward-event',
    kind: listed(words('bounce')),
    ...forwarding,
    says: 'Only calls with events of these activities are forwarded.',
  },
  {
    key: 'forwardPanel',
    flag: '--forward-panel',
    kind: listed(words('netcore_hook_test')),
    ...forwarding,
    says: 'Only calls with events of these panels are forwarded.',
  },
  {
    key: 'forwardAll',
    flag: '--forward-all',
    kind: onOff,
    standard: false,
    ...forwarding,
    says: 'Whether requests that are not POSTs with data are forwarded, too.',
  },
  {
    key: 'forwardConcurrency',
    flag: '--forward-concurrency',
    kind: whole({ min: 1, max: 1000 }),
    standard: 4,
    ...forwarding,
    says: 'How many calls are under way at a time.',
  },
  {
    key: 'forwardRate',
    flag: '--forward-rate',
    kind: rate({ min: 0.001, max: 1_000_000 }),
    ...forwarding,
    says: 'How many calls a second are forwarded at most.',
  },
  {
    key: 'forwardTimeout',
    flag: '--forward-timeout',
    kind: time({ least: 1 }),
    standard: '15s',
    ...forwarding,
    says: 'How long the answer of the handler may take.',
  },
  {
    key: 'ordered',
    flag: '--ordered',
    kind: onOff,
    standard: false,
    ...forwarding,
    says: 'Whether calls of the same panel keep their order.',
  },
  {
    key: 'attempts',
    flag: '--attempts',
    kind: whole({ min: 1, max: 1_000_000 }, 5),
    ...forwarding,
    says: 'After how many tries a call is given up; else that depends on the answers.',
  },
  {
    key: 'giveUpAfter',
    flag: '--give-up-after',
    kind: time({ most: Number.MAX_SAFE_INTEGER }),
    standard: '7d',
    ...forwarding,
    says: 'How long a call is retried until it is given up. Counts the time in which a worker runs.',
  },
  {
    key: 'queue',
    flag: '--queue',
    variable: 'NETCORE_HOOK_QUEUE',
    kind: redis,
    commands: ['listen', 'queue'],
    says: 'The Redis or Valkey that shares the queue; else it lies in the store.',
  },
  {
    key: 'alertUrl',
    flag: '--alert-url',
    kind: url({ secretPath: true }),
    commands: forwarders,
    says: 'Where alerts are posted to, as JSON.',
  },
  {
    key: 'alertEvery',
    flag: '--alert-every',
    kind: time({ most: Number.MAX_SAFE_INTEGER }),
    standard: '15m',
    ...alerting,
    says: 'At most one alert of a kind is sent in this time.',
  },
  {
    key: 'alertAge',
    flag: '--alert-age',
    kind: time({ most: Number.MAX_SAFE_INTEGER }),
    standard: '5m',
    ...alerting,
    says: 'How old the queue may get before there is an alert.',
  },
  {
    key: 'alertSilence',
    flag: '--alert-silence',
    kind: time({ least: 1, example: '30m' }),
    ...alerting,
    says: 'How long no call may come before there is an alert.',
  },
];

/** What only a person may say, each time anew, and why. */
export const typedOnly: Readonly<Record<string, string>> = {
  alertCommand: 'it runs a command',
  tunnel: 'it runs a program that lets the internet in',
  yes: 'it answers a question before it is asked',
  insecure: 'it believes any TLS certificate',
  unprotected: 'it lets everybody in',
};

/** How the project file writes a setting, as JSON: as it is by default, but a switch as it is not. */
export function exampleOf({ kind, standard }: SettingDefinition): string {
  if (kind.form === 'switch') return String(standard !== true);
  if (standard !== undefined) return JSON.stringify(standard);
  return kind.form === 'list' ? `[${kind.item.example}]` : kind.example;
}
