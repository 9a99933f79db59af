import { shareMillionths } from '../../payload/build/random.js';
import { canonicalChannel, channels } from '../../payload/channels.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { concurrency, rate, yes } from './calling.js';
import { choice, instant, onOff, path, readBy, time, whole, words } from './kinds.js';
import type { OptionGroups } from './option.js';
import { panelOfSamples, sendTarget, speed, zoneOfSamples } from './sending.js';
import { duration, wholeNumber } from './values.js';

/** A share in millionths. */
const percentage = readBy('1%', (name, typed): number => {
  const share = shareMillionths(typed);
  if (!Number.isNaN(share)) return share;
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'it is not a percentage',
    hint: 'Write it like 1% or 2.5%, up to 100%.',
  });
});

const messageChannels = channels.filter((name) => name !== 'custom_activity');

const messageChannel = readBy('whatsapp', (_, typed) => {
  const channel = canonicalChannel(typed);
  if (channel !== undefined && channel !== 'custom_activity') return channel;
  throw problem('unknown_channel', {
    name: typed,
    nearest: nearest(typed, messageChannels),
    all: messageChannels,
  });
});

interface Retries {
  readonly times: number;
  readonly everyMs: number;
}

const retries = readBy('3x1m', (name, typed): Retries => {
  const [, times = '', every = ''] = /^(\d+)x(.+)$/.exec(typed) ?? [];
  if (times === '') {
    throw problem('invalid_value', {
      what: name,
      value: typed,
      reason: 'it is not a number of retries and an interval',
      hint: 'Write it like 3x1m: three retries, one minute apart.',
    });
  }
  return {
    times: wholeNumber(name, times, { min: 1, max: 100 }),
    everyMs: Math.max(1, duration(name, every, dayMs)),
  };
});

const dayMs = 86_400_000;

export const simulatePrintForms = ['ndjson', 'form', 'curl'] as const;

export const simulateOptions = {
  'Contacts and events:': {
    channel: {
      flags: '-c, --channel <channel>',
      kind: messageChannel,
      description: 'send every message of the journey on this channel',
      completion: messageChannels,
    },
    contacts: {
      flags: '--contacts <number|file>',
      kind: words('contacts.csv'),
      description: 'simulate this many invented contacts, or those of a CSV file',
      default: '1000',
      completion: 'files',
    },
    seed: {
      flags: '--seed <number>',
      kind: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      description: 'make the same choices for the same number',
      defaultNote: 'a random number, which the first line shows',
    },
    start: {
      flags: '--start <time>',
      kind: instant,
      description: 'simulated time of the first contact, such as 2026-11-23T14:00',
      defaultNote: 'now',
    },
    over: {
      flags: '--over <duration>',
      kind: time({ min: 1, max: 30 * dayMs, example: '1d' }),
      description: 'spread the start of contacts over this simulated time',
      default: '1d',
    },
    panel: panelOfSamples,
    tz: zoneOfSamples,
  },
  'Calls:': {
    batchEvery: {
      flags: '--batch-every <duration>',
      kind: time({ min: 1, max: dayMs, example: '5s' }),
      description: 'join the events of a webhook within this simulated time into one call',
      default: '5s',
    },
    batchMax: {
      flags: '--batch-max <number>',
      kind: whole({ min: 1, max: 100_000 }),
      description: 'put at most this many events into a call',
      default: '100',
    },
    duplicates: {
      flags: '--duplicates <percentage>',
      kind: percentage,
      description: 'repeat this share of the events in a later call',
      default: '1%',
    },
    late: {
      flags: '--late <percentage>',
      kind: percentage,
      description: 'send this share of the events late, after others that happened later',
      default: '2%',
    },
  },
  'Like a panel:': {
    likeHistory: {
      flags: '--like-history',
      kind: onOff,
      description:
        'use the batches, repeats, late events, time zone and retries of the captures as defaults',
    },
  },
  'Pace:': {
    speed: {
      flags: '--speed <speed>',
      kind: speed,
      description: 'run the simulated clock this many times as fast (60x), or without pauses (max)',
      default: 'max',
      completion: ['1x', '60x', '3600x', 'max'],
    },
    rate,
    concurrency: { ...concurrency, defaultNote: '1; with --speed 16' },
  },
  'Outage drill (times of the simulated clock):': {
    outage: {
      flags: '--outage <duration>',
      kind: time({ min: 1, max: 30 * dayMs, example: '10m' }),
      description:
        'send nothing for this long, in the middle of the run, as if the target were down',
    },
    disableAfter: {
      flags: '--disable-after <number>',
      kind: whole({ min: 1, max: 1_000_000 }),
      description: 'disable a webhook after this many calls in a row are not answered 200',
      defaultNote: '1 with --outage, else never',
    },
    retries: {
      flags: '--retries <NxD>',
      kind: retries,
      description: 'retry a call that is not answered 200, such as 3x1m: three times, 1m apart',
      defaultNote: 'none',
    },
  },
  'Output:': {
    truth: {
      flags: '--truth <file>',
      kind: path('./truth.ndjson'),
      description: 'record each event with its key and answer in this new file',
      completion: 'files',
    },
    dryRun: {
      flags: '--dry-run',
      kind: onOff,
      description: 'show the funnel and the number of calls, and send nothing',
    },
    print: {
      flags: '--print <form>',
      kind: choice(simulatePrintForms),
      description: 'print the calls instead of sending them',
    },
    list: { flags: '--list', kind: onOff, description: 'list the built-in journeys' },
  },
  'Target:': {
    ...sendTarget,
    yes: { ...yes, description: 'send without confirmation' },
  },
} as const satisfies OptionGroups;
