import { maxTimer } from '../../call/max-timer.js';
import type { Credentials } from '../../call/plan-call.js';
import { assignment } from '../../problems/assignment.js';
import { problem } from '../../problems/problem.js';

export type { Credentials };
export { maxTimer };

/**
 * These functions parse raw option values. Each takes the option's name for its message, and throws
 * an `invalid_value` problem.
 */
export function wholeNumber(
  option: string,
  value: string,
  range: { readonly min: number; readonly max: number },
): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= range.min && number <= range.max)) {
    throw problem('invalid_value', {
      what: option,
      value,
      reason: 'it is not a whole number in range',
      hint: `Give a number from ${range.min} to ${range.max}.`,
    });
  }
  return number;
}

/** A decimal number, like a rate of calls per second. */
export function decimal(
  option: string,
  value: string,
  range: { readonly min: number; readonly max: number },
): number {
  const number = /^\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= range.min && number <= range.max)) {
    throw problem('invalid_value', {
      what: option,
      value,
      reason: 'it is not a number in range',
      hint: `Give a number from ${range.min} to ${range.max}.`,
    });
  }
  return number;
}

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `250ms 10s 5m 24h 30d`, as milliseconds. */
export function duration(option: string, value: string, max = Number.MAX_SAFE_INTEGER): number {
  const match = /^(\d*\.?\d+)(ms|s|m|h|d)$/.exec(value);
  const milliseconds = match
    ? Number(match[1]) * (durationUnits[match[2] ?? ''] ?? Number.NaN)
    : Number.NaN;
  if (!(milliseconds <= max)) {
    throw problem('invalid_value', {
      what: option,
      value,
      reason: match ? 'it is too long' : 'it is not a duration',
      hint: 'Write it like 250ms, 10s, 5m or 24h.',
    });
  }
  return Math.round(milliseconds);
}

/**
 * Milliseconds since 1970. A duration counts back from `now`; an ISO 8601 date or time without a
 * zone is local, and so are `today` and `yesterday`, with or without a time.
 */
export function moment(option: string, value: string, now: number): number {
  if (/^[\d.]+[a-z]+$/.test(value)) return now - duration(option, value);
  const iso = isoText(value, now);
  const time = /^\d{4}-\d\d-\d\dT/.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(time)) {
    throw problem('invalid_value', {
      what: option,
      value,
      reason: 'it is not a time',
      hint: 'Write it like 2h (ago), today, yesterday 14:00, 2026-11-23 or 2026-11-23T14:00.',
    });
  }
  return time;
}

/** Completes a time as ISO 8601; keeps anything else. */
function isoText(value: string, now: number): string {
  const [, day, clock = '00:00'] =
    /^(today|yesterday)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/i.exec(value) ?? [];
  if (day) return `${localDate(now, day.toLowerCase() === 'today' ? 0 : 1)}T${clock}`;
  return /^\d{4}-\d\d(-\d\d)?$/.test(value)
    ? `${value}${value.length === 7 ? '-01' : ''}T00:00`
    : value.replace(' ', 'T');
}

/** The local date some days before a moment: `2026-11-23`. */
function localDate(now: number, daysBefore: number): string {
  const time = new Date(now);
  const date = new Date(time.getFullYear(), time.getMonth(), time.getDate() - daysBefore);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
};

/** `64kb 10mb 512`, as bytes. */
export function byteSize(option: string, value: string, max = Number.MAX_SAFE_INTEGER): number {
  const match = /^(\d*\.?\d+)(b|kb|mb|gb)?$/i.exec(value);
  const bytes = match
    ? Number(match[1]) * (sizeUnits[(match[2] ?? '').toLowerCase()] ?? Number.NaN)
    : Number.NaN;
  if (!(bytes <= max)) {
    throw problem('invalid_value', {
      what: option,
      value,
      reason: match ? 'it is too large' : 'it is not a size',
      hint: 'Write it like 64kb, 10mb, or as a number of bytes.',
    });
  }
  return Math.round(bytes);
}

/** Joins `a,b` and repeated options into one list. Throws for a value without a name. */
export function commaList(values: readonly string[], option: string): string[] {
  return values.flatMap((value) => {
    const names = value
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    if (names.length > 0) return names;
    throw problem('invalid_value', {
      what: option,
      value,
      reason: 'it is empty',
      hint: 'Pass one or more, separated by commas, or omit it.',
    });
  });
}

/** For options that may be repeated: `argParser(collect)`. */
export function collect(value: string, before: readonly string[] | true = []): string[] {
  // `true`: the option stood without a value before.
  return before === true ? [value] : [...before, value];
}

/**
 * Parses a URL: `:3000/hook` and `3000/hook` are on loopback; http or https only. `shown` removes
 * secrets for messages.
 */
export function targetUrl(
  option: string,
  value: string,
  shown = withoutUserinfo,
): { url: URL; credentials?: Credentials } {
  const invalid = (reason: string) =>
    problem('invalid_value', {
      what: option,
      value: shown(value),
      reason,
      hint: 'Write it like https://shop.example.com/webhooks/netcore or :3000/hook.',
    });
  if (value.startsWith('/')) throw invalid('it names no host');
  let text = value;
  if (/^:?\d+(?=[/?]|$)/.test(value)) text = `http://127.0.0.1:${value.replace(/^:/, '')}`;
  else if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) text = `http://${value}`;
  if (!URL.canParse(text)) throw invalid('it is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid('only http and https URLs can be called');
  }
  if (url.port === '0') throw invalid('port 0 is not valid');
  if (!url.username && !url.password) return { url };
  const credentials = {
    user: percentDecoded(url.username),
    password: percentDecoded(url.password),
  };
  url.username = '';
  url.password = '';
  return { url, credentials };
}

/**
 * Removes the userinfo of a typed, possibly invalid URL. A password may hold any character, so
 * everything up to the last `@` counts.
 */
export function withoutUserinfo(typed: string): string {
  return typed.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@');
}

/** For a URL whose path is also a secret: removes userinfo and path. */
export function withoutPath(typed: string): string {
  return withoutUserinfo(typed).replace(
    /^((?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*).*$/is,
    (_, origin: string) => `${origin}/…`,
  );
}

/** The name of a single panel. */
export function panelName(option: string, value: string): string {
  const reason = value.includes(',')
    ? 'it must be a single panel'
    : ['__proto__', 'constructor', 'prototype'].includes(value)
      ? 'a panel cannot have that name'
      : undefined;
  if (reason === undefined) return value;
  throw problem('invalid_value', {
    what: option,
    value,
    reason,
    hint: `Write it like ${assignment(option, 'netcore_hook_test')}.`,
  });
}

/** A profile's name, which is also a folder's. */
export function profileName(option: string, value: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(value)) return value;
  throw problem('invalid_value', {
    what: option,
    value,
    reason: 'a profile name has up to 64 letters, digits, dots, dashes and underscores',
    hint: `Try: ${assignment(option, 'staging')}`,
  });
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
