import { mostConcurrent } from './calling.js';
import {
  channel,
  credentials,
  list,
  number,
  onOff,
  redis,
  time,
  url,
  whole,
  words,
} from './kinds.js';
import type { OptionRow } from './option.js';

const needs = ['forwardTo'] as const;

/** Where calls are forwarded to, and how. */
export const forwarding = {
  forwardTo: {
    flags: '-f, --forward-to <url>',
    kind: url(),
    says: 'forward every call there, again and again until it answers',
    setting: 'The URL that every call is forwarded to, until it is answered.',
    key: 'forwardTo',
  },
  keepPath: {
    flags: '--keep-path',
    kind: onOff,
    says: "append the call's own path and query to that URL",
    setting: "Whether the call's own path and query are appended to that URL.",
    key: 'keepPath',
    needs,
  },
  forwardAuth: {
    flags: '--forward-auth <user:pass>',
    kind: credentials('same'),
    says: 'Basic credentials for it; "same": those of --auth; @file reads them',
    setting: 'Basic credentials for it; "same": those of listenAuth.',
    variable: 'NETCORE_HOOK_FORWARD_AUTH',
    key: 'forwardAuth',
    needs,
  },
  forwardChannel: {
    flags: '--forward-channel <names>',
    kind: list(channel),
    says: 'forward only calls with events of these channels',
    setting: 'Only calls with events of these channels are forwarded.',
    key: 'forwardChannel',
    needs,
    completed: 'channels',
  },
  forwardEvent: {
    flags: '--forward-event <names>',
    kind: list(words('bounce')),
    says: '… of these activities',
    setting: 'Only calls with events of these activities are forwarded.',
    key: 'forwardEvent',
    needs,
    completed: 'activities',
  },
  forwardPanel: {
    flags: '--forward-panel <names>',
    kind: list(words('netcore_hook_test')),
    says: '… of these panels',
    setting: 'Only calls with events of these panels are forwarded.',
    key: 'forwardPanel',
    needs,
  },
  forwardAll: {
    flags: '--forward-all',
    kind: onOff,
    says: 'also forward requests that are not POSTs with data',
    setting: 'Whether requests that are not POSTs with data are forwarded, too.',
    key: 'forwardAll',
    needs,
  },
  forwardConcurrency: {
    flags: '--forward-concurrency <number>',
    kind: whole({ min: 1, max: mostConcurrent }),
    says: 'calls under way at a time',
    setting: 'How many calls are under way at a time.',
    standard: '4',
    key: 'forwardConcurrency',
    needs,
  },
  forwardRate: {
    flags: '--forward-rate <number>',
    kind: number({ min: 0.001, max: 1_000_000 }),
    says: 'calls a second, at most',
    setting: 'How many calls a second are forwarded at most.',
    key: 'forwardRate',
    needs,
  },
  forwardTimeout: {
    flags: '--forward-timeout <duration>',
    kind: time({ min: 1 }),
    says: 'how long to wait for an answer',
    setting: 'How long the answer of the handler may take.',
    standard: '15s',
    key: 'forwardTimeout',
    needs,
  },
  ordered: {
    flags: '--ordered',
    kind: onOff,
    says: 'keep the order of calls of the same panel',
    setting: 'Whether calls of the same panel keep their order.',
    key: 'ordered',
    needs,
  },
  attempts: {
    flags: '--attempts <number>',
    kind: whole({ min: 1, max: 1_000_000 }, 5),
    says: 'give a call up after so many tries, whatever the reason',
    setting: 'After how many tries a call is given up; else that depends on the answers.',
    key: 'attempts',
    needs,
  },
  giveUpAfter: {
    flags: '--give-up-after <duration>',
    kind: time({ max: Number.MAX_SAFE_INTEGER }),
    says: 'stop retrying a call after this long',
    setting:
      'How long a call is retried until it is given up. Counts the time in which a worker runs.',
    // Longer than a weekend in which nobody looks after the handler.
    standard: '7d',
    key: 'giveUpAfter',
    needs,
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

/** Where the queue lies. */
export const queue = {
  flags: '--queue <url>',
  kind: redis,
  says: 'share the queue through Redis: redis://host:6379, rediss://…',
  setting: 'The Redis or Valkey that shares the queue; else it lies in the store.',
  variable: 'NETCORE_HOOK_QUEUE',
  key: 'queue',
  needs,
} as const satisfies OptionRow;

const somebody = ['alertUrl', 'alertCommand'] as const;
const anyTime = { max: Number.MAX_SAFE_INTEGER };

/** Who is told when something is wrong, and what counts as that. */
export const alerts = {
  alertCommand: {
    flags: '--alert-command <command>',
    kind: words('notify-send'),
    says: 'run this when a call is given up or not forwarded, the handler fails, the queue is late or calls stay away',
  },
  alertUrl: {
    flags: '--alert-url <url>',
    kind: url({ secretPath: true }),
    says: 'post the same there, as JSON',
    setting: 'Where alerts are posted to, as JSON.',
    key: 'alertUrl',
  },
  alertEvery: {
    flags: '--alert-every <duration>',
    kind: time(anyTime),
    says: 'at most one alert of a kind in this time',
    setting: 'At most one alert of a kind is sent in this time.',
    standard: '15m',
    key: 'alertEvery',
    needs: somebody,
  },
  alertAge: {
    flags: '--alert-age <duration>',
    kind: time(anyTime),
    says: 'how old the queue may get',
    setting: 'How old the queue may get before there is an alert.',
    standard: '5m',
    key: 'alertAge',
    needs: somebody,
  },
  alertSilence: {
    flags: '--alert-silence <duration>',
    kind: time({ min: 1, example: '30m' }),
    says: 'how long no call may come',
    setting: 'How long no call may come before there is an alert.',
    key: 'alertSilence',
    needs: somebody,
  },
} as const satisfies Readonly<Record<string, OptionRow>>;
