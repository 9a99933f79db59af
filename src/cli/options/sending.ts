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

/** Names of channels, or `all`, in the order in which they are asked for. */
const samplesOf = {
  flags: '-c, --channel <names>',
  kind: list(words('email')),
  says: 'samples of these channels, or all',
  completed: 'channels or all',
} as const satisfies OptionRow;

export const panelOfSamples = {
  flags: '--panel <name>',
  kind: panel,
  says: 'the panel they are of',
  setting: 'The panel that samples are sent as events of.',
  variable: 'NETCORE_HOOK_PANEL',
  key: 'panel',
} as const satisfies OptionRow;

export const sendOptions = {
  'What to send:': {
    channel: samplesOf,
    event: {
      flags: '-e, --event <names>',
      kind: list(words('open')),
      says: 'of these activities, or all',
      otherwise: "the one of Netcore's page",
      completed: 'activities or all',
    },
    data: {
      flags: '--data <file>',
      kind: path('./payload.json'),
      says: 'your own payload, in any form that decode takes; - is stdin',
      completed: 'files',
    },
    raw: {
      flags: '--raw <file>',
      kind: path('./body'),
      says: 'these bytes as the body, untouched; - is stdin',
      completed: 'files',
    },
    like: {
      flags: '--like <capture>',
      kind: words('last'),
      says: 'the payload of a capture: an id, last, last~2, or <id>.3 for one event of it',
      completed: 'captures',
    },
  },
  'Changes to its events:': {
    set: {
      flags: '--set <path=value>',
      kind: repeated(words('event_params.mobile=0000000001')),
      says: 'replace a value in each event; path:=json',
    },
    add: {
      flags: '--add <path=value>',
      kind: repeated(words('event_params.shop=7')),
      says: 'add a key to each event; path:=json',
    },
    unset: {
      flags: '--unset <path>',
      kind: repeated(words('event_params.mobile')),
      says: 'remove a key from each event',
    },
    panel: panelOfSamples,
    tz: {
      flags: '--tz <zone>',
      kind: zone,
      says: 'zone of fresh times',
      setting: "The panel's time zone, for the times of samples.",
      // Where Netcore is at home.
      standard: 'Asia/Kolkata',
      variable: 'NETCORE_HOOK_TZ',
      key: 'tz',
      completed: 'zones',
    },
    verbatim: { flags: '--verbatim', kind: onOff, says: 'keep the times and ids of the sample' },
    seed: {
      flags: '--seed <number>',
      kind: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      says: 'make times and ids repeatable',
    },
  },
  'Where to:': {
    to: { ...to, says: 'an endpoint', otherwise: 'the listener of this store, else :4400' },
    auth,
    header,
    timeout,
    insecure,
    print,
    yes: { ...yes, says: 'send more than one call beyond this machine without asking' },
  },
  'How many:': {
    count: {
      flags: '--count <number>',
      kind: whole({ min: 1, max: 1_000_000_000 }),
      says: 'calls in all',
    },
    batch: {
      flags: '--batch <number>',
      kind: whole({ min: 1, max: 100_000 }),
      says: 'events in each call, cycled through those of the channels',
    },
    rate,
    concurrency: { ...concurrency, standard: '1' },
  },
} as const satisfies OptionGroups;

/** How many times as fast as the calls were recorded; `max`: without their spacing. */
const speed = readBy('10x', (name, typed): number | 'max' => {
  if (typed === 'max') return typed;
  const [, factor] = /^(\d*\.?\d+)x?$/.exec(typed) ?? [];
  const times = Number(factor);
  if (times > 0) return times;
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'it is no speed',
    hint: 'Write it like 1x, 10x or max.',
  });
});

export const replayOptions = {
  'Where to:': {
    to: { ...to, says: 'an endpoint of yours' },
    auth,
    header,
    timeout,
    insecure,
    print,
    yes: { ...yes, says: 'send real captures beyond this machine without asking' },
  },
  'How:': {
    speed: {
      flags: '--speed <speed>',
      kind: speed,
      says: 'spacing as recorded (1x), faster (10x), or none (max)',
      standard: 'max',
      completed: ['1x', '10x', 'max'],
    },
    rate,
    concurrency: { ...concurrency, otherwise: '1; 16 with --speed' },
    bisect: {
      flags: '--bisect',
      kind: onOff,
      says: 'find the smallest set of events of one capture that the endpoint fails on',
    },
  },
  'Which captures, if not by id:': {
    last: {
      flags: '--last <number>',
      kind: whole({ min: 1, max: maxCaptures }),
      says: 'the newest so many (of those that the filters leave)',
    },
    from: {
      flags: '--from <file>',
      kind: path('./captures.jsonl'),
      says: 'those that history export wrote; - is stdin',
      completed: 'files',
    },
    ...captureFilter,
  },
} as const satisfies OptionGroups;

export const samplesOptions = {
  'Options:': {
    print: {
      flags: '--print <form>',
      kind: choice(printForms),
      says: 'how to print it',
      otherwise: 'json',
    },
    schema: { flags: '--schema', kind: onOff, says: 'print the JSON Schema of a payload' },
  },
} as const satisfies OptionGroups;

/** A body alone goes nowhere. */
const curl = ['print=curl'] as const;

export const encodeOptions = {
  'Options:': {
    print: {
      flags: '--print <form>',
      kind: choice(['form', 'curl']),
      says: 'what to print',
      standard: 'form',
    },
    to: { ...to, says: 'where curl sends it', needs: curl },
    auth: { ...auth, flags: '--auth <user[:pass]>', says: 'as whom curl sends it', needs: curl },
    indented: {
      flags: '--indented',
      kind: onOff,
      says: 'the JSON over lines, as Netcore writes some of its own',
    },
  },
} as const satisfies OptionGroups;

export { samplesOf };
