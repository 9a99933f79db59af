import { alerts, metricsPort } from './alerting.js';
import { forwarding, queue } from './forwarding.js';
import { keepAlways, keepForAlways, keepSizeAlways } from './keeping.js';
import {
  activityFilter,
  bare,
  channelFilter,
  credentials,
  list,
  listenHost,
  number,
  onOff,
  path,
  repeated,
  size,
  time,
  whole,
  words,
} from './kinds.js';
import { network } from './networks.js';
import type { OptionGroups, OptionRow } from './option.js';

export const inspectPort = {
  flags: '--inspect-port <number>',
  kind: whole({ min: 0, max: 65_535 }),
  description: 'port of the inspector; 0 selects a free one',
  defaultNote: '4401',
  key: 'inspectPort',
  needs: ['inspect'],
} as const satisfies OptionRow;

export const listenOptions = {
  'Listening:': {
    port: {
      flags: '-p, --port <number>',
      kind: whole({ min: 0, max: 65_535 }),
      description: 'listen on this port; 0 selects a free one',
      default: '4400',
      key: 'port',
    },
    host: {
      flags: '--host <address>',
      kind: listenHost,
      description: 'listen on this address',
      default: '127.0.0.1',
      key: 'host',
    },
    path: {
      flags: '--path <path>',
      kind: words('/webhooks/netcore', '^/[^\\s?#]*$', 'it is not the path of a URL'),
      description: 'serve only this path; other paths get 404',
      key: 'path',
    },
    tlsCert: {
      flags: '--tls-cert <file>',
      kind: path('./tls/certificate.pem'),
      description: 'serve HTTPS with this certificate (PEM); reread on SIGHUP',
      key: 'tlsCert',
      completion: 'files',
    },
    tlsKey: {
      flags: '--tls-key <file>',
      kind: path('./tls/key.pem'),
      description: 'private key of the certificate (PEM)',
      key: 'tlsKey',
      completion: 'files',
    },
    listenFd: {
      flags: '--listen-fd <number>',
      kind: whole({ min: 0, max: 1_048_576 }),
      description: 'use the listening socket of this file descriptor (systemd: 3)',
    },
    tunnel: {
      flags: '--tunnel [ssh:user@host]',
      kind: bare(words('ssh:asha@server.example.com')),
      description:
        'open a public URL while it runs, with cloudflared or with ssh through your server; requires --auth',
    },
  },
  'Access:': {
    auth: {
      flags: '--auth <user:pass>',
      kind: repeated(credentials()),
      description:
        'require Basic credentials; repeatable, each is accepted; @file holds one user:pass per line, reread on SIGHUP; generate creates a password',
      variable: 'NETCORE_HOOK_LISTEN_AUTH',
      key: 'listenAuth',
    },
    allow: {
      flags: '--allow <addresses>',
      kind: list(network),
      description:
        'accept calls only from these addresses and networks: 203.0.113.7, 203.0.113.0/24',
      key: 'allow',
    },
    trustProxy: {
      flags: '--trust-proxy <addresses>',
      kind: list(network),
      description: 'take the client address from X-Forwarded-For of these proxies',
      key: 'trustProxy',
    },
    unprotected: {
      flags: '--unprotected',
      kind: onOff,
      description:
        'listen beyond loopback without --auth or --allow, and accept calls from web pages',
    },
    maxBody: {
      flags: '--max-body <size>',
      kind: size({ max: 1024 ** 3 }),
      description: 'reject larger bodies with 413',
      default: '10mb',
      key: 'maxBody',
    },
    keepAlive: {
      flags: '--keep-alive <duration>',
      kind: time({ min: 1_000, example: '620s' }),
      description:
        'keep idle connections open for this long; use more than the idle timeout of a load balancer in front',
      default: '75s',
      key: 'keepAlive',
    },
  },
  'Display (all calls are stored):': {
    channel: {
      flags: '-c, --channel <names>',
      kind: list(channelFilter),
      description: 'show only events of these channels',
      completion: 'channels',
    },
    event: {
      flags: '-e, --event <names>',
      kind: list(activityFilter),
      description: 'show only events of these activities',
      completion: 'activities',
    },
    panel: {
      flags: '--panel <names>',
      kind: list(words('shop')),
      description: 'show only events of these panels',
    },
    inspect: {
      flags: '--no-inspect',
      kind: onOff,
      description: 'disable the inspector, the local web page',
      setting: 'Serve the inspector, the local web page.',
      key: 'inspect',
    },
    inspectPort,
  },
  'Retention:': { keepFor: keepForAlways, keepSize: keepSizeAlways, keep: keepAlways },
  'Simulated failures:': {
    respond: {
      flags: '--respond <status>',
      kind: whole({ min: 200, max: 599 }),
      description: 'answer with this status instead of 200',
    },
    respondRate: {
      flags: '--respond-rate <0..1>',
      kind: number({ min: 0, max: 1 }),
      description: 'share of the calls that get this status',
      default: '1',
    },
    delay: {
      flags: '--delay <duration>',
      kind: time(),
      description: 'delay every answer by this long',
    },
  },
  'Scripts and services:': {
    exitAfter: {
      flags: '--exit-after <number>',
      kind: whole({ min: 1, max: 1_000_000_000 }),
      description: 'exit after this many calls that match the filters above',
    },
    wait: {
      flags: '--wait <duration>',
      kind: time(),
      description: 'wait up to this long for them, then exit with 1',
    },
    readyFile: {
      flags: '--ready-file <file>',
      kind: path('./ready.json'),
      description:
        'write the ready JSON line to this file once the listener, and its tunnel, accepts calls',
      completion: 'files',
    },
    health: {
      flags: '--no-health',
      kind: onOff,
      description: 'disable GET /_netcore-hook/health',
      setting: 'Answer GET /_netcore-hook/health.',
      key: 'health',
    },
    metrics: {
      flags: '--metrics',
      kind: onOff,
      description:
        'serve Prometheus metrics at /_netcore-hook/metrics: to this machine, and to others with the credentials of --auth',
      key: 'metrics',
    },
    metricsPort,
  },
  'Forwarding:': { ...forwarding, queue },
  'Alerts:': alerts,
} as const satisfies OptionGroups;
