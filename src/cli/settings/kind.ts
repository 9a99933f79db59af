import { resolve } from 'node:path';
import { addressSet } from '../../call/addresses.js';
import { wallClockOf } from '../../payload/build/wall-clock.js';
import { channels } from '../../payload/channels.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import {
  byteSize,
  decimal,
  duration,
  longestTimer,
  panelName,
  targetUrl,
  wholeNumber,
  withoutPath,
  withoutUserinfo,
} from '../option-values.js';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a setting takes: how the project file writes it, and when it makes sense. */
export type Kind = TextKind | SwitchKind | ListKind;

/** One value, which may also stand in a variable: `{"env": "NAME"}`. */
export interface TextKind {
  readonly form: 'text';
  /** Of the value itself. */
  readonly schema: JsonSchema;
  /** How a good one is written, as JSON. */
  readonly example: string;
  /** Whether a number or a text is meant; else either. */
  readonly json: 'number' | 'string' | 'either';
  /** Throws a problem when the value, as it would be typed, makes no sense; `name` is in its words. */
  readonly check: (name: string, typed: string) => void;
  /** Refuses what only a project file must not say. */
  readonly refuse?: (name: string, written: string) => void;
  /** The value as it would be typed, when paths count from the folder of the file. */
  readonly place?: (written: string, folder: string) => string;
  /** The value without its secrets. */
  readonly shown?: (typed: string) => string;
}

export interface SwitchKind {
  readonly form: 'switch';
}

export interface ListKind {
  readonly form: 'list';
  readonly item: TextKind;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export function whole(range: Range, example = range.max): TextKind {
  return {
    form: 'text',
    json: 'number',
    schema: { type: 'integer', minimum: range.min, maximum: range.max },
    example: String(example),
    check: (name, typed) => void wholeNumber(name, typed, range),
  };
}

export function rate(range: Range): TextKind {
  return {
    form: 'text',
    json: 'number',
    schema: { type: 'number', minimum: range.min, maximum: range.max },
    example: '20',
    check: (name, typed) => void decimal(name, typed, range),
  };
}

/** `least` and `most` in milliseconds. */
export function time({ least = 0, most = longestTimer, example = '10s' } = {}): TextKind {
  return {
    form: 'text',
    json: 'string',
    schema: { type: 'string', pattern: '^\\d*\\.?\\d+(ms|s|m|h|d)$', examples: [example] },
    example: JSON.stringify(example),
    check(name, typed) {
      if (duration(name, typed, most) >= least) return;
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: 'it leaves no time',
        hint: `Write it like ${example}.`,
      });
    },
  };
}

/** `least` and `most` in bytes. */
export function size({ least = 0, most = Number.MAX_SAFE_INTEGER }): TextKind {
  return {
    form: 'text',
    json: 'either',
    schema: {
      anyOf: [
        { type: 'integer', minimum: least, maximum: most },
        { type: 'string', pattern: '^\\d*\\.?\\d+([bB]|[kKmMgG][bB])?$' },
      ],
    },
    example: '"10mb"',
    check(name, typed) {
      if (byteSize(name, typed, most) >= least) return;
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: 'it is too small',
        hint: `Give ${least / 1024 ** 2}mb or more.`,
      });
    },
  };
}

export function choice(names: readonly string[]): TextKind {
  return {
    form: 'text',
    json: 'string',
    schema: { type: 'string', enum: names },
    example: JSON.stringify(names[0]),
    check(name, typed) {
      if (names.includes(typed)) return;
      const meant = nearest(typed, names);
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: 'it is none of what can be chosen',
        hint: meant ? `Did you mean "${meant}"?` : `Choose one of: ${names.join(', ')}.`,
      });
    },
  };
}

/** Words that a `pattern` describes, and `reason` when they are something else. */
export function words(example: string, pattern = '\\S', reason = 'it is empty'): TextKind {
  const expected = new RegExp(pattern);
  return {
    form: 'text',
    json: 'string',
    schema: { type: 'string', pattern },
    example: JSON.stringify(example),
    check(name, typed) {
      if (expected.test(typed)) return;
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason,
        hint: `Write it like ${example}.`,
      });
    },
  };
}

/** A file or folder; in a project file it counts from there. */
export function path(example: string): TextKind {
  return { ...words(example), place: (written, folder) => resolve(folder, written) };
}

export const panel: TextKind = {
  ...words('netcore_hook_test'),
  check: (name, typed) => void panelName(name, typed),
};

export const zone: TextKind = {
  ...words('Asia/Kolkata'),
  check: (name, typed) => void wallClockOf(name, typed),
};

/** A URL that is called. `secretPath`: whoever knows all of it may post there. */
export function url({ secretPath = false } = {}): TextKind {
  const shown = secretPath ? withoutPath : withoutUserinfo;
  return {
    ...words('https://shop.example.com/webhooks/netcore'),
    check: (name, typed) => void targetUrl(name, typed, shown),
    refuse(name, written) {
      if (!targetUrl(name, written, shown).credentials) return;
      throw problem('config_secret', { name, example: '{"env": "SHOP_URL"}' });
    },
    shown,
  };
}

const redisUrl = words(
  'redis://127.0.0.1:6379',
  '^(redis|rediss|valkey|valkeys)://[^/?#]',
  'it is not the URL of a Redis',
);

export const redis: TextKind = {
  ...redisUrl,
  check: (name, typed) => redisUrl.check(name, withoutUserinfo(typed)),
  refuse(name, written) {
    if (!written.includes('@')) return;
    throw problem('config_secret', { name, example: '{"env": "QUEUE_URL"}' });
  },
  shown: withoutUserinfo,
};

/** `@file`, a user whose password is asked for, or `word`; never a password. */
export function credentials(word?: string): TextKind {
  return {
    ...words('@netcore.auth'),
    schema: { type: 'string', pattern: '^(@.+|[^@:][^:]*)$' },
    check(name, typed) {
      // A password is not repeated.
      if (typed !== '' && typed !== '@' && !typed.startsWith(':')) return;
      throw problem('credentials_invalid', { option: name, reason: 'the user name is missing' });
    },
    refuse(name, written) {
      if (written.startsWith('@') || !written.includes(':')) return;
      throw problem('config_secret', { name, example: '{"env": "SHOP_AUTH"} or "@netcore.auth"' });
    },
    place: (written, folder) =>
      written.startsWith('@') ? `@${resolve(folder, written.slice(1))}` : written,
    shown: (typed) =>
      typed === word || typed.startsWith('@') ? typed : typed.replace(/:.*$/s, ':…'),
  };
}

/** An address or a network, but not one that every address belongs to. */
export const network: TextKind = {
  ...words('198.51.100.0/24'),
  check: (name, typed) => void addressSet(name, [typed]),
  refuse(name, written) {
    if (!/\/0*$/.test(written)) return;
    throw problem('invalid_value', {
      what: name,
      value: written,
      reason: 'every address belongs to it, and a project file loosens no protection',
      hint: 'Name the networks that calls come from.',
    });
  },
};

export const channel: TextKind = choice(channels);

export const onOff: SwitchKind = { form: 'switch' };

export function list(item: TextKind): ListKind {
  return { form: 'list', item };
}

/** One item of a list whose items are cut at commas when they are typed. */
export function listed(item: TextKind): ListKind {
  return list({
    ...item,
    check(name, typed) {
      if (!typed.includes(',')) return item.check(name, typed);
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: 'there is a comma in it',
        hint: 'Write each as a text of its own: ["one", "another"].',
      });
    },
  });
}
