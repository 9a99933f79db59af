import { maxConcurrent } from './calling.js';
import {
  activityFilter,
  channelFilter,
  credentials,
  handlers,
  list,
  number,
  onOff,
  redis,
  time,
  whole,
  words,
} from './kinds.js';
import type { OptionRow } from './option.js';

const needs = ['forwardTo'] as const;

/** How each handler is called, for all handlers or for one. */
const handling = {
  keepPath: {
    flags: '--keep-path',
    kind: onOff,
    description: "append the call's own path and query to the URL",
    key: 'keepPath',
    needs,
  },
  forwardAuth: {
    flags: '--forward-auth <user:pass>',
    kind: credentials('same'),
    description:
      'Basic credentials for the handler; "same" uses those of --auth, @file reads a file',
    variable: 'NETCORE_HOOK_FORWARD_AUTH',
    key: 'forwardAuth',
    needs,
  },
  forwardChannel: {
    flags: '--forward-channel <names>',
    kind: list(channelFilter),
    description: 'forward only calls with events of these channels',
    key: 'forwardChannel',
    needs,
    completion: 'channels',
  },
  forwardEvent: {
    flags: '--forward-event <names>',
    kind: list(activityFilter),
    description: '… of these activities',
    key: 'forwardEvent',
    needs,
    completion: 'activities',
  },
  forwardPanel: {
    flags: '--forward-panel <names>',
    kind: list(words('netcore_hook_test')),
    description: '… of these panels',
    key: 'forwardPanel',
    needs,
  },
  forwardAll: {
    flags: '--forward-all',
    kind: onOff,
    description: 'also forward requests that are not POSTs with a data field',
    key: 'forwardAll',
    needs,
  },
  forwardConcurrency: {
    flags: '--forward-concurrency <calls>',
    kind: whole({ min: 1, max: maxConcurrent }),
    description: 'forward this many calls concurrently',
    default: '4',
    key: 'forwardConcurrency',
    needs,
  },
  forwardRate: {
    flags: '--forward-rate <number>',
    kind: number({ min: 0.001, max: 1_000_000 }),
    description: 'forward at most this many calls per second',
    key: 'forwardRate',
    needs,
  },
  forwardTimeout: {
    flags: '--forward-timeout <duration>',
    kind: time({ min: 1 }),
    description: 'wait up to this long for each answer',
    default: '15s',
    key: 'forwardTimeout',
    needs,
  },
  ordered: {
    flags: '--ordered',
    kind: onOff,
    description: 'forward the calls of each panel in order',
    key: 'ordered',
    needs,
  },
  attempts: {
    flags: '--attempts <number>',
    kind: whole({ min: 1, max: 1_000_000 }, 5),
    description: 'stop retrying a call after this many attempts, regardless of the answer',
    key: 'attempts',
    needs,
  },
  giveUpAfter: {
    flags: '--give-up-after <duration>',
    kind: time({ max: Number.MAX_SAFE_INTEGER }),
    description: 'stop retrying a call after this long; counts only while a worker runs',
    // Covers a weekend in which nobody repairs the handler.
    default: '7d',
    key: 'giveUpAfter',
    needs,
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

/** Forwarding targets and filters. */
export const forwarding = {
  forwardTo: {
    flags: '-f, --forward-to <[name=]url>',
    kind: handlers(handling),
    description:
      'forward each call to this URL, retrying until it succeeds; repeat it for several handlers, each with its own queue',
    setting:
      'Forward each call to this URL, retrying until it succeeds. A list names several handlers, each with its own queue. A handler is a URL, or an object with `url` and its own settings.',
    key: 'forwardTo',
  },
  ...handling,
} as const satisfies Readonly<Record<string, OptionRow>>;

export const queue = {
  flags: '--queue <url>',
  kind: redis,
  description: 'keep the queue in this Redis instead of the store: redis://host:6379, rediss://…',
  variable: 'NETCORE_HOOK_QUEUE',
  key: 'queue',
  needs,
} as const satisfies OptionRow;
