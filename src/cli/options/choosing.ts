import { outcomes } from '../../call/outcome.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { channel, instant, list, readBy, type TextKind, words } from './kinds.js';
import type { OptionRow } from './option.js';

/** A range of HTTP statuses, both ends included. */
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
      reason: 'it is no status of HTTP',
      hint: 'Write it like 503, or 5xx for all of them.',
    });
  }
  const hundred = Number(hundreds) * 100;
  if (rest.toLowerCase() === 'xx') return { first: hundred, last: hundred + 99 };
  return { first: hundred + Number(rest), last: hundred + Number(rest) };
});

const outcome = readBy('failed', (name, typed) => {
  const known = outcomes.find((each) => each === typed.toLowerCase());
  if (known) return known;
  const meant = nearest(typed.toLowerCase(), outcomes);
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'there is no such outcome',
    hint: meant ? `Did you mean "${meant}"?` : `Outcomes: ${outcomes.join(', ')}.`,
  });
});

/** Which captures are meant: the same filters in every command. All of them must match. */
export const captureFilter = {
  channel: {
    flags: '-c, --channel <names>',
    kind: list(channel),
    says: 'only captures with events of these channels',
    completed: 'channels',
  },
  event: {
    flags: '-e, --event <names>',
    kind: list(words('bounce')),
    says: '… of these activities',
    completed: 'activities',
  },
  panel: { flags: '--panel <names>', kind: list(words('shop')), says: '… of these panels' },
  msgid: { flags: '--msgid <ids>', kind: list(words('546')), says: '… with these message ids' },
  who: {
    flags: '--who <contacts>',
    kind: list(words('asha@example.com')),
    says: '… of these contacts, as lists show them',
  },
  text: {
    flags: '--text <words>',
    kind: words('order'),
    says: 'only captures with these words in their payload',
  },
  status: {
    flags: '--status <statuses>',
    kind: list(status),
    says: 'only captures that were answered so: 503, 5xx',
  },
  outcome: {
    flags: '--outcome <names>',
    kind: list(outcome),
    says: `only captures that became this when they were forwarded or replayed: ${outcomes.join(', ')}`,
    completed: outcomes,
  },
  since: {
    flags: '--since <time>',
    kind: instant,
    says: 'only captures recorded since: 2h, 2026-11-23, 2026-11-23T14:00',
  },
  until: { flags: '--until <time>', kind: instant, says: 'only captures recorded before' },
} as const satisfies Readonly<Record<string, OptionRow>>;
