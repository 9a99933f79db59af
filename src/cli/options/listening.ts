import { alerts, forwarding, queue } from './forwarding.js';
import { keepAlways, keepForAlways, keepSizeAlways } from './keeping.js';
import {
  bare,
  channel,
  credentials,
  list,
  network,
  number,
  onOff,
  path,
  repeated,
  size,
  time,
  whole,
  words,
} from './kinds.js';
import type { OptionGroups, OptionRow } from './option.js';

export const inspectPort = {
  flags: '--inspect-port <number>',
  kind: whole({ min: 0, max: 65_535 }),
  says: 'port of the inspector, 0 for a free one',
  setting: 'The port of the inspector; 0 takes a free one.',
  otherwise: '4401',
  key: 'inspectPort',
  needs: ['inspect'],
} as const satisfies OptionRow;

export const listenOptions = {
  'Where it listens:': {
    port: {
      flags: '-p, --port <number>',
      kind: whole({ min: 0, max: 65_535 }),
      says: 'port, 0 for a free one',
      setting: 'The port to listen on; 0 takes a free one.',
      standard: '4400',
      key: 'port',
    },
    host: {
      flags: '--host <address>',
      kind: words('127.0.0.1'),
      says: 'address to listen on',
      setting: 'The address to listen on. Beyond loopback it takes listenAuth or allow.',
      standard: '127.0.0.1',
      key: 'host',
    },
    path: {
      flags: '--path <path>',
      kind: words('/webhooks/netcore', '^/[^\\s?#]*$', 'it is not the path of a URL'),
      says: 'serve this path only, answer others 404',
      setting: 'The one path that is served; others are answered 404.',
      key: 'path',
    },
    tlsCert: {
      flags: '--tls-cert <file>',
      kind: path('./tls/certificate.pem'),
      says: 'serve HTTPS with this certificate (PEM); read again on SIGHUP',
      setting: 'The certificate to serve HTTPS with, a PEM file.',
      key: 'tlsCert',
      completed: 'files',
    },
    tlsKey: {
      flags: '--tls-key <file>',
      kind: path('./tls/key.pem'),
      says: 'its private key (PEM)',
      setting: 'Its private key, a PEM file.',
      key: 'tlsKey',
      completed: 'files',
    },
    listenFd: {
      flags: '--listen-fd <number>',
      kind: whole({ min: 0, max: 1_048_576 }),
      says: 'take the listening socket of this descriptor (systemd: 3)',
    },
    tunnel: {
      flags: '--tunnel [ssh:user@host]',
      kind: bare(words('ssh:asha@server.example.com')),
      says: 'a public address while it runs, by cloudflared or by ssh through a server of yours; needs --auth',
    },
  },
  'Who may call:': {
    auth: {
      flags: '--auth <user:pass>',
      kind: repeated(credentials()),
      says: 'ask for Basic credentials; several are accepted side by side; @file holds a user:pass a line, read again on SIGHUP; generate makes one up',
      setting: 'Basic credentials that callers need; any of several.',
      variable: 'NETCORE_HOOK_LISTEN_AUTH',
      key: 'listenAuth',
    },
    allow: {
      flags: '--allow <addresses>',
      kind: list(network),
      says: 'let only these in: 203.0.113.7, or a network like 203.0.113.0/24',
      setting: 'The addresses and networks that are let in.',
      key: 'allow',
    },
    trustProxy: {
      flags: '--trust-proxy <addresses>',
      kind: list(network),
      says: 'proxies in front, whose X-Forwarded-For tells the client',
      setting: 'The proxies in front, whose X-Forwarded-For tells the client.',
      key: 'trustProxy',
    },
    unprotected: {
      flags: '--unprotected',
      kind: onOff,
      says: 'without --auth or --allow, also listen beyond loopback and admit web pages of other sites',
    },
    maxBody: {
      flags: '--max-body <size>',
      kind: size({ max: 1024 ** 3 }),
      says: 'answer larger bodies 413',
      setting: 'Larger bodies are answered 413.',
      standard: '10mb',
      key: 'maxBody',
    },
    keepAlive: {
      flags: '--keep-alive <duration>',
      kind: time({ min: 1_000, example: '620s' }),
      says: 'keep a connection open this long after an answer; longer than the idle timeout of a load balancer in front',
      setting: 'How long a connection is kept open after an answer.',
      standard: '75s',
      key: 'keepAlive',
    },
  },
  'What it shows (all is recorded):': {
    channel: {
      flags: '-c, --channel <names>',
      kind: list(channel),
      says: 'only these channels',
      completed: 'channels',
    },
    event: {
      flags: '-e, --event <names>',
      kind: list(words('bounce')),
      says: 'only these activities',
      completed: 'activities',
    },
    panel: { flags: '--panel <names>', kind: list(words('shop')), says: 'only these panels' },
    inspect: {
      flags: '--no-inspect',
      kind: onOff,
      says: 'do not serve the inspector, the local web page',
      setting: 'Whether listen serves the inspector, the local web page.',
      key: 'inspect',
    },
    inspectPort,
  },
  'What it keeps:': { keepFor: keepForAlways, keepSize: keepSizeAlways, keep: keepAlways },
  'To try out failures:': {
    respond: {
      flags: '--respond <status>',
      kind: whole({ min: 200, max: 599 }),
      says: 'answer this instead of 200',
    },
    respondRate: {
      flags: '--respond-rate <0..1>',
      kind: number({ min: 0, max: 1 }),
      says: 'to how many of the calls',
      standard: '1',
    },
    delay: { flags: '--delay <duration>', kind: time(), says: 'hold every answer back' },
  },
  'In scripts and services:': {
    exitAfter: {
      flags: '--exit-after <number>',
      kind: whole({ min: 1, max: 1_000_000_000 }),
      says: 'stop after so many calls that match what is shown',
    },
    wait: {
      flags: '--wait <duration>',
      kind: time(),
      says: 'how long to wait for them; else exit 1',
    },
    readyFile: {
      flags: '--ready-file <file>',
      kind: path('./ready.json'),
      says: 'write the ready line there once calls are taken, with --tunnel from everywhere',
      completed: 'files',
    },
    health: {
      flags: '--no-health',
      kind: onOff,
      says: 'do not answer GET /_netcore-hook/health',
      setting: 'Whether GET /_netcore-hook/health is answered.',
      key: 'health',
    },
  },
  'Forwarding:': { ...forwarding, queue },
  'Alerts:': alerts,
} as const satisfies OptionGroups;
