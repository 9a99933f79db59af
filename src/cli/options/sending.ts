import { problem } from '../../problems/problem.js';
import {
  auth,
  concurrency,
  header,
  insecure,
  print,
  printForms,
  rate,
  timeout,
  to,
  yes,
} from './calling.js';
import { captureFilter } from './choosing.js';
import { maxCaptures } from './keeping.js';
import { choice, list, onOff, panel, path, readBy, repeated, whole, words, zone } from './kinds.js';
import type { OptionGroups, OptionRow } from './option.js';

/** Names of channels, or `all`, in the requested order. */
const samplesOf = {
  flags: '-c, --channel <names>',
  kind: list(words('email')),
  description: 'send samples of these channels, or all',
  completion: 'channels or all',
} as const satisfies OptionRow;

export const panelOfSamples = {
  flags: '--panel <name>',
  kind: panel,
  description: 'send the samples under this panel',
  variable: 'NETCORE_HOOK_PANEL',
  key: 'panel',
} as const satisfies OptionRow;

export const zoneOfSamples = {
  flags: '--tz <zone>',
  kind: zone,
  description: 'time zone of generated times',
  // Netcore's home time zone.
  default: 'Asia/Kolkata',
  variable: 'NETCORE_HOOK_TZ',
  key: 'tz',
  completion: 'zones',
} as const satisfies OptionRow;

/** Where `send` and `simulate` send their calls. */
export const sendTarget = {
  to: {
    ...to,
    description: 'send to this endpoint',
    defaultNote: 'the listener of this store, else :4400',
  },
  auth,
  header,
  timeout,
  insecure,
} as const satisfies Readonly<Record<string, OptionRow>>;

export const sendOptions = {
  'Payload:': {
    channel: samplesOf,
    event: {
      flags: '-e, --event <names>',
      kind: list(words('open')),
      description: 'send samples of these activities, or all',
      defaultNote: "the one of Netcore's page",
      completion: 'activities or all',
    },
    data: {
      flags: '--data <file>',
      kind: path('./payload.json'),
      description: 'send your own payload, in any form that decode reads; - reads stdin',
      completion: 'files',
    },
    raw: {
      flags: '--raw <file>',
      kind: path('./body'),
      description: 'send this file as the body, unchanged; - reads stdin',
      completion: 'files',
    },
    like: {
      flags: '--like <capture>',
      kind: words('last'),
      description:
        'send the payload of a capture: an id, last, last~2, or <id>.3 for one event of it',
      completion: 'captures',
    },
  },
  'Changes to the events:': {
    set: {
      flags: '--set <path=value>',
      kind: repeated(words('event_params.mobile=0000000001')),
      description: 'replace a value in each event; path:=value for JSON; repeatable',
    },
    add: {
      flags: '--add <path=value>',
      kind: repeated(words('event_params.shop=7')),
      description: 'add a key to each event; path:=value for JSON; repeatable',
    },
    unset: {
      flags: '--unset <path>',
      kind: repeated(words('event_params.mobile')),
      description: 'remove a key from each event; repeatable',
    },
    panel: panelOfSamples,
    tz: zoneOfSamples,
    contacts: {
      flags: '--contacts <number|file>',
      kind: words('contacts.csv'),
      description: 'send the chosen activities of this many contacts, or of those in a CSV file',
      defaultNote: 'another contact for each event of a call',
      completion: 'files',
    },
    who: {
      flags: '--who <contact>',
      kind: words('asha@example.com'),
      description: 'send events of this contact: an e-mail address, number or id',
    },
    verbatim: {
      flags: '--verbatim',
      kind: onOff,
      description: 'keep the times, ids and contacts of the sample',
    },
    seed: {
      flags: '--seed <number>',
      kind: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      description: 'generate the same times, ids and contacts for the same number',
    },
  },
  'Target:': {
    ...sendTarget,
    print,
    yes: { ...yes, description: 'send several calls beyond this machine without confirmation' },
  },
  'Volume:': {
    count: {
      flags: '--count <number>',
      kind: whole({ min: 1, max: 1_000_000_000 }),
      description: 'send this many calls',
    },
    batch: {
      flags: '--batch <number>',
      kind: whole({ min: 1, max: 100_000 }),
      description: 'put this many events into each call, taken in turn from the samples',
    },
    rate,
    concurrency: { ...concurrency, default: '1' },
  },
} as const satisfies OptionGroups;

/** The replay speed as a factor; `max` sends without pauses. */
export const speed = readBy('10x', (name, typed): number | 'max' => {
  if (typed === 'max') return typed;
  const [, factor] = /^(\d*\.?\d+)x?$/.exec(typed) ?? [];
  const times = Number(factor);
  if (times > 0) return times;
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'it is not a speed',
    hint: 'Write it like 1x, 10x or max.',
  });
});

export const replayOptions = {
  'Target:': {
    to: { ...to, description: 'send to this endpoint' },
    auth,
    header,
    timeout,
    insecure,
    print,
    yes: { ...yes, description: 'send captures beyond this machine without confirmation' },
  },
  'Pace:': {
    speed: {
      flags: '--speed <speed>',
      kind: speed,
      description: 'keep the recorded intervals (1x), shorten them (10x), or drop them (max)',
      default: 'max',
      completion: ['1x', '10x', 'max'],
    },
    rate,
    concurrency: { ...concurrency, defaultNote: '1; with --speed 16' },
    bisect: {
      flags: '--bisect',
      kind: onOff,
      description: 'find the smallest set of events in a capture that makes the endpoint fail',
    },
  },
  'Captures (unless given by id):': {
    last: {
      flags: '--last <number>',
      kind: whole({ min: 1, max: maxCaptures }),
      description: 'replay only the newest N of the captures that match',
    },
    from: {
      flags: '--from <file>',
      kind: path('./captures.jsonl'),
      description: 'replay what history export wrote; - reads stdin',
      completion: 'files',
    },
    ...captureFilter,
  },
} as const satisfies OptionGroups;

export const samplesOptions = {
  'Options:': {
    print: {
      flags: '--print <form>',
      kind: choice(printForms),
      description: 'print the sample in this form',
      defaultNote: 'json',
    },
    schema: { flags: '--schema', kind: onOff, description: 'print the JSON Schema of a payload' },
  },
} as const satisfies OptionGroups;

/** Options that a printed body without a request cannot use. */
const curl = ['print=curl'] as const;

export const encodeOptions = {
  'Options:': {
    print: {
      flags: '--print <form>',
      kind: choice(['form', 'curl']),
      description: 'print the payload in this form',
      default: 'form',
    },
    to: { ...to, description: 'URL for curl', needs: curl },
    auth: {
      ...auth,
      flags: '--auth <user[:pass]>',
      description: 'Basic credentials for curl',
      needs: curl,
    },
    indented: {
      flags: '--indented',
      kind: onOff,
      description: 'indent the JSON, as Netcore does in some calls',
    },
  },
} as const satisfies OptionGroups;

export { samplesOf };
