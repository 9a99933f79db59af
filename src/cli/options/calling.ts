import { parseHeader } from '../../call/plan-call.js';
import { choice, credentials, number, onOff, readBy, repeated, time, url, whole } from './kinds.js';
import type { OptionRow } from './option.js';

/** Options of commands that send calls. */
export const to = {
  flags: '--to <url>',
  kind: url(),
  description: 'the endpoint',
  variable: 'NETCORE_HOOK_TO',
  key: 'to',
} as const satisfies OptionRow;

export const auth = {
  flags: '--auth <user:pass>',
  kind: credentials(),
  description: 'Basic credentials; prompts when the password is missing, @file reads a file',
  variable: 'NETCORE_HOOK_AUTH',
  key: 'auth',
} as const satisfies OptionRow;

export const header = {
  flags: '-H, --header <name: value>',
  kind: repeated(readBy('X-Shop: 7', parseHeader)),
  description: 'add or replace a header; repeatable',
} as const satisfies OptionRow;

export const timeout = {
  flags: '--timeout <duration>',
  kind: time(),
  description: 'wait up to this long for each answer',
  default: '10s',
  key: 'timeout',
} as const satisfies OptionRow;

export const insecure = {
  flags: '--insecure',
  kind: onOff,
  description: 'accept any TLS certificate',
} as const satisfies OptionRow;

export const printForms = ['json', 'form', 'curl'] as const;
export type PrintForm = (typeof printForms)[number];

export const print = {
  flags: '--print <form>',
  kind: choice(printForms),
  description: 'print the calls instead of sending them',
} as const satisfies OptionRow;

export const yes = {
  flags: '--yes',
  kind: onOff,
  description: 'skip the confirmation',
} as const satisfies OptionRow;

export const rate = {
  flags: '--rate <number>',
  kind: number({ min: 0.001, max: 1_000_000 }),
  description: 'send this many calls per second',
} as const satisfies OptionRow;

/** Each call in flight has a connection. */
export const maxConcurrent = 1000;

export const concurrency = {
  flags: '--concurrency <number>',
  kind: whole({ min: 1, max: maxConcurrent }),
  description: 'send this many calls concurrently',
} as const satisfies OptionRow;
