import { outcomes } from '../../call/outcome.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import {
  activityFilter,
  channelFilter,
  instant,
  list,
  readBy,
  type TextKind,
  words,
} from './kinds.js';
import type { OptionRow } from './option.js';

/** A range of HTTP statuses, inclusive at both ends. */
interface StatusRange {
  readonly first: number;
  readonly last: number;
}

const status: TextKind<StatusRange> = readBy('5xx', (name, typed) => {
  const [, hundreds, rest = ''] = /^([1-5])(\d\d|xx)$/i.exec(typed) ?? [];
  if (hundreds === undefined) {
    throw problem('invalid_value', {
      what: name,
      value: typed,
      reason: 'it is not an HTTP status',
      hint: 'Write it as 503, or 5xx for the whole class.',
    });
  }
  const hundred = Number(hundreds) * 100;
  if (rest.toLowerCase() === 'xx') return { first: hundred, last: hundred + 99 };
  return { first: hundred + Number(rest), last: hundred + Number(rest) };
});

const outcome = readBy('failed', (name, typed) => {
  const known = outcomes.find((each) => each === typed.toLowerCase());
  if (known) return known;
  const suggestion = nearest(typed.toLowerCase(), outcomes);
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'the outcome is unknown',
    hint: suggestion ? `Did you mean "${suggestion}"?` : `Outcomes: ${outcomes.join(', ')}.`,
  });
});

/** An event's key, or at least enough of it to be rare. */
const eventKeyStart = readBy('4f1c09ab', (name, typed) => {
  if (/^[0-9a-f]{8,32}$/i.test(typed)) return typed.toLowerCase();
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'it is not an event key',
    hint: 'Give 8 to 32 hexadecimal digits, as history show prints them.',
  });
});

/** The capture filters that all commands share. All of them must match. */
export const captureFilter = {
  channel: {
    flags: '-c, --channel <names>',
    kind: list(channelFilter),
    description: 'only captures with events of these channels',
    completion: 'channels',
  },
  event: {
    flags: '-e, --event <names>',
    kind: list(activityFilter),
    description: '… of these activities',
    completion: 'activities',
  },
  panel: { flags: '--panel <names>', kind: list(words('shop')), description: '… of these panels' },
  msgid: {
    flags: '--msgid <ids>',
    kind: list(words('546')),
    description: '… with these message ids',
  },
  who: {
    flags: '--who <contacts>',
    kind: list(words('asha@example.com')),
    description:
      '… of these contacts: an e-mail address, number or other identifier, or a part of one',
  },
  webhook: {
    flags: '--webhook <labels>',
    kind: list(words('Cart reminder')),
    description: '… of webhooks with these labels',
  },
  journey: {
    flags: '--journey <names>',
    kind: list(words('Abandoned cart')),
    description: '… of these journeys',
  },
  key: {
    flags: '--key <keys>',
    kind: list(eventKeyStart),
    description: '… with these event keys, or keys that start so',
  },
  text: {
    flags: '--text <words>',
    kind: words('order'),
    description: 'only captures with these words in the payload',
  },
  status: {
    flags: '--status <statuses>',
    kind: list(status),
    description: 'only captures that were answered with these statuses: 503, 5xx',
  },
  outcome: {
    flags: '--outcome <names>',
    kind: list(outcome),
    description: `only captures with these delivery outcomes: ${outcomes.join(', ')}`,
    completion: outcomes,
  },
  since: {
    flags: '--since <time>',
    kind: instant,
    description:
      'only captures recorded since this time: 2h (ago), today, yesterday 14:00, 2026-11-23T14:00',
  },
  until: {
    flags: '--until <time>',
    kind: instant,
    description: 'only captures recorded before this time',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;
