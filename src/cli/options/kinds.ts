import type { Credentials } from '../../call/plan-call.js';
import { wallClockOf } from '../../payload/build/wall-clock.js';
import { canonicalActivity, canonicalChannel } from '../../payload/channels.js';
import { invisible } from '../../payload/invisible-characters.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import {
  byteSize,
  decimal,
  duration,
  maxTimer,
  moment,
  panelName,
  targetUrl,
  wholeNumber,
  withoutPath,
  withoutUserinfo,
} from './values.js';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** How an option's value is parsed, and how the project file writes it. */
export type Kind = TextKind<unknown> | SwitchKind | ListKind<unknown> | BareKind<unknown>;

/** One value. A project file may also refer to a variable: `{"env": "NAME"}`. */
export interface TextKind<T> {
  readonly form: 'text';
  /** Throws a Problem for an invalid value; `name` is the option's name in its message. */
  readonly parse: (name: string, typed: string) => T;
  /** The schema of the value in a project file. */
  readonly schema: JsonSchema;
  /** An example value in JSON. */
  readonly example: string;
  /** JSON types that the project file may use. */
  readonly json: 'number' | 'string' | 'either';
  /** All possible values. */
  readonly choices?: readonly string[];
  /** Rejects values that only a project file must not hold. */
  readonly refuse?: (name: string, written: string) => void;
  /** What a value reaches outside the project, for files that are not trusted. */
  readonly reaches?: (text: string) => Reach | undefined;
  /** Replaces the path in a value. */
  readonly mapPath?: (written: string, map: (path: string) => string) => string;
  /** The value without its secrets. */
  readonly shown?: (typed: string) => string;
}

export interface SwitchKind {
  readonly form: 'switch';
}

/** An option that may be repeated. */
export interface ListKind<T> {
  readonly form: 'list';
  readonly item: TextKind<T>;
  /** Whether commas separate items on the command line. */
  readonly commas: boolean;
  /** Its values may be omitted: the list is then empty, and its origin is the flag. */
  readonly bare?: true;
  /**
   * The settings of a single item. In a project file, an item may be an object with the item as `url` and these, by
   * the names that `entryKey` gives, and a single item needs no list.
   */
  readonly entry?: EntryRows;
}

/** The settings of an item, by attribute. */
export type EntryRows = Readonly<Record<string, EntryRow>>;

/** The part of an option's row that describes a setting of an item. */
interface EntryRow {
  readonly flags: string;
  readonly kind: Kind;
  readonly description: string;
  readonly key?: string;
}

/** An option whose value is optional; without one it is `true`. */
export interface BareKind<T> {
  readonly form: 'bare';
  readonly item: TextKind<T>;
}

/** A file, or the host that calls go to or come from. */
export type Reach = { readonly file: string } | { readonly host: string };

interface Range {
  readonly min: number;
  readonly max: number;
}

export const onOff: SwitchKind = { form: 'switch' };

/** A list that commas separate on the command line. */
export function list<T>(item: TextKind<T>): ListKind<T> {
  return { form: 'list', item, commas: true };
}

/** A list whose items may contain commas. */
export function repeated<T>(item: TextKind<T>): ListKind<T> {
  return { form: 'list', item, commas: false };
}

/** A list that may be empty although the option is typed. */
export function bareList<T>(item: TextKind<T>): ListKind<T> {
  return { ...repeated(item), bare: true };
}

export function bare<T>(item: TextKind<T>): BareKind<T> {
  return { form: 'bare', item };
}

export function whole(range: Range, example = range.max): TextKind<number> {
  return {
    form: 'text',
    json: 'number',
    schema: { type: 'integer', minimum: range.min, maximum: range.max },
    example: String(example),
    parse: (name, typed) => wholeNumber(name, typed, range),
  };
}

export function number(range: Range): TextKind<number> {
  return {
    form: 'text',
    json: 'number',
    schema: { type: 'number', minimum: range.min, maximum: range.max },
    example: '20',
    parse: (name, typed) => decimal(name, typed, range),
  };
}

/** Milliseconds. `max` defaults to the limit of a timer. */
export function time({ min = 0, max = maxTimer, example = '10s' } = {}): TextKind<number> {
  return {
    form: 'text',
    json: 'string',
    schema: { type: 'string', pattern: '^\\d*\\.?\\d+(ms|s|m|h|d)$', examples: [example] },
    example: JSON.stringify(example),
    parse(name, typed) {
      const ms = duration(name, typed, max);
      if (ms >= min) return ms;
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: min > 1 ? `it is shorter than ${min / 1000}s` : 'it must be more than 0',
        hint: `Write it like ${example}.`,
      });
    },
  };
}

/** Bytes. */
export function size({ min = 0, max = Number.MAX_SAFE_INTEGER }): TextKind<number> {
  return {
    form: 'text',
    json: 'either',
    schema: {
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '^\\d*\\.?\\d+([bB]|[kKmMgG][bB])?$' },
      ],
    },
    example: '"10mb"',
    parse(name, typed) {
      const bytes = byteSize(name, typed, max);
      if (bytes >= min) return bytes;
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: 'it is too small',
        hint: `Give ${min / 1024 ** 2}mb or more.`,
      });
    },
  };
}

export function choice<const T extends string>(choices: readonly T[]): TextKind<T> {
  return {
    form: 'text',
    json: 'string',
    schema: { type: 'string', enum: choices },
    example: JSON.stringify(choices[0]),
    choices,
    parse: (name, typed) => chosen(name, typed, choices),
  };
}

/** Matches one of several values exactly. */
export function chosen<T extends string>(name: string, typed: string, choices: readonly T[]): T {
  const known = choices.find((each) => each === typed);
  if (known !== undefined) return known;
  const suggestion = nearest(typed, choices);
  throw problem('invalid_value', {
    what: name,
    value: withoutUserinfo(typed),
    reason: 'the value is unknown',
    hint: suggestion ? `Did you mean "${suggestion}"?` : `Choose one of: ${choices.join(', ')}.`,
  });
}

/** Text that matches `pattern`; `reason` describes a mismatch. */
export function words(example: string, pattern = '\\S', reason = 'it is empty'): TextKind<string> {
  const expected = new RegExp(pattern);
  return {
    form: 'text',
    json: 'string',
    schema: { type: 'string', pattern },
    example: JSON.stringify(example),
    parse(name, typed) {
      if (expected.test(typed)) return typed;
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason,
        hint: `Write it like ${example}.`,
      });
    },
  };
}

/** Text that `parse` reads; it throws a Problem. */
export function readBy<T>(example: string, parse: (name: string, typed: string) => T): TextKind<T> {
  return { ...words(example), parse };
}

/** A file or folder. In a project file it is relative to that file. */
export function path(example: string): TextKind<string> {
  return {
    ...words(example),
    reaches: (file) => ({ file }),
    mapPath: (written, map) => map(written),
  };
}

/** An address or a host name to listen on. URLs have brackets around those of IPv6. */
export const listenHost: TextKind<string> = {
  ...readBy('127.0.0.1', (_, typed) => typed.replace(/^\[(.*)\]$/, '$1')),
  reaches: (host) => ({ host }),
};

export const panel: TextKind<string> = readBy('netcore_hook_test', panelName);

/** A function that formats a moment in a time zone. */
export const zone = readBy('Asia/Kolkata', wallClockOf);

/** A function from the current time to the moment, both in milliseconds since 1970. */
export const instant: TextKind<(now: number) => number> = {
  ...words('2h'),
  parse(name, typed) {
    moment(name, typed, 0);
    return (now) => moment(name, typed, now);
  },
};

export interface Target {
  readonly url: URL;
  readonly credentials?: Credentials;
}

/** A target with what only it has. */
export interface HandlerTarget extends Target {
  readonly name?: string;
  /** Its own values of options, by attribute. */
  readonly own?: Readonly<Record<string, unknown>>;
}

const handlerNamePattern = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';

/** The name of a handler. */
export const handlerName = words(
  'crm',
  `^${handlerNamePattern}$`,
  'it is not a name of letters, digits, ".", "_" and "-"',
);

/** A handler by its name or its URL, as text: which of them it is depends on the queue. */
export const handlerReference: TextKind<string> = {
  ...words('crm'),
  parse(name, typed) {
    targetUrl(name, typed);
    return typed;
  },
  shown: withoutUserinfo,
};

/** URLs of handlers, each with an optional name: `crm=http://127.0.0.1:3001/hook`. */
export function handlers<E extends EntryRows>(
  entry: E,
): ListKind<HandlerTarget> & { readonly entry: E } {
  const plain = url();
  const parts = (text: string) =>
    new RegExp(`^(${handlerNamePattern})=(.+)$`, 's').exec(text)?.slice(1) ?? [undefined, text];
  const address = (text: string) => parts(text)[1] ?? '';
  const item: TextKind<HandlerTarget> = {
    ...plain,
    parse(option, typed) {
      const [name, text = ''] = parts(typed);
      return { ...plain.parse(option, text), ...(name !== undefined && { name }) };
    },
    refuse: (option, written) => plain.refuse?.(option, address(written)),
    reaches: (text) => plain.reaches?.(address(text)),
    shown(text) {
      const [name, rest = ''] = parts(text);
      const shown = plain.shown?.(rest) ?? rest;
      return name === undefined ? shown : `${name}=${shown}`;
    },
  };
  return { form: 'list', item, commas: false, entry };
}

/** The URL of a target. `secretPath`: its path grants access and must not be shown. */
export function url({ secretPath = false } = {}): TextKind<Target> {
  const shown = secretPath ? withoutPath : withoutUserinfo;
  return {
    ...words('https://shop.example.com/webhooks/netcore'),
    parse: (name, typed) => targetUrl(name, typed, shown),
    refuse(name, written) {
      if (!targetUrl(name, written, shown).credentials) return;
      throw problem('config_secret', { name, example: '{"env": "NETCORE_HOOK_SHOP_URL"}' });
    },
    reaches: (text) => ({ host: targetUrl('', text, shown).url.hostname }),
    shown,
  };
}

const redisPattern = '^(redis|rediss|valkey|valkeys)://[^/?#]';

/** A URL whose userinfo holds the credentials of Redis. */
export const redis: TextKind<URL> = {
  ...words('redis://127.0.0.1:6379', redisPattern),
  parse(name, typed) {
    const found = new RegExp(redisPattern).test(typed) && URL.canParse(typed) && new URL(typed);
    if (found && found.hostname !== '') {
      // Neither is used, and both could hold a password.
      found.search = '';
      found.hash = '';
      return found;
    }
    throw problem('invalid_value', {
      what: name,
      value: withoutUserinfo(typed),
      reason: 'it is not the URL of a Redis',
      hint: 'Write it like redis://127.0.0.1:6379 or rediss://user:password@redis.example.com:6380/2.',
    });
  },
  refuse(name, written) {
    if (!written.includes('@')) return;
    throw problem('config_secret', { name, example: '{"env": "NETCORE_HOOK_QUEUE"}' });
  },
  reaches: (text) => ({ host: new URL(text).hostname }),
  shown: withoutUserinfo,
};

/**
 * A raw value that `run` reads, since reading prompts or opens a file, with the name for problems.
 */
export interface Named {
  readonly name: string;
  readonly value: string;
  /** The item's own settings. */
  readonly own?: readonly OwnSetting[];
}

/** A setting of a single item: a switch, or raw command-line values. */
interface OwnSetting {
  readonly attribute: string;
  readonly kind: Kind;
  readonly value: boolean | readonly Named[];
}

/** A text, or `@file`. */
export const textOrFile: TextKind<string> = { ...words('@redact.key'), mapPath: mapNamedFile };

export function mapNamedFile(written: string, map: (path: string) => string): string {
  return written.startsWith('@') ? `@${map(written.slice(1))}` : written;
}

/** `user:pass`, `@file`, a user whose password is prompted for, or `word`. */
export function credentials(word?: string): TextKind<Named> {
  return {
    ...words('@netcore.auth'),
    schema: { type: 'string', pattern: '^(@.+|[^@:][^:]*)$' },
    parse(name, typed) {
      const value = soundCredentials(name, typed);
      // The value may be a password, so the message omits it.
      if (value !== '@' && !value.startsWith(':')) return { name, value };
      throw problem('credentials_invalid', { option: name, reason: 'the user name is missing' });
    },
    refuse(name, written) {
      if (written.startsWith('@') || !written.includes(':')) return;
      throw problem('config_secret', {
        name,
        example: '{"env": "NETCORE_HOOK_SHOP_AUTH"} or "@netcore.auth"',
      });
    },
    reaches: (text) => (text.startsWith('@') ? { file: text.slice(1) } : undefined),
    mapPath: mapNamedFile,
    shown: (typed) =>
      typed === word || typed.startsWith('@') ? typed : typed.replace(/:.*$/s, ':…'),
  };
}

/**
 * Removes a byte order mark, the line end of a copied or piped value, and quotes around it. Refuses other
 * invisible characters, which would only show as rejected logins. `location` names a line of a file.
 */
export function soundCredentials(option: string, written: string, location = 'it'): string {
  const value = written
    .replace(/^\ufeff/, '')
    .replace(/[\r\n]+$/, '')
    .replace(/^(["'])(.*:.*)\1$/s, '$2');
  const hidden = (invisible.exec(value) ?? /\u00a0/.exec(value))?.[0];
  if (hidden === undefined) return value;
  throw problem('credentials_invalid', {
    option,
    reason: `${location} contains the invisible character ${codePoint(hidden)}`,
  });
}

function codePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A channel to filter by: calls may contain any name. */
export const channelFilter = readBy('email', (_, typed) => canonicalChannel(typed) ?? typed);

/** An activity to filter by, in any spelling. */
export const activityFilter = readBy('bounce', (_, typed) => canonicalActivity(typed) ?? typed);
