import { parseHeader } from '../../call/plan-call.js';
import { choice, credentials, number, onOff, readBy, repeated, time, url, whole } from './kinds.js';
import type { OptionRow } from './option.js';

/** What sends calls: where to, as whom, and how. */
export const to = {
  flags: '--to <url>',
  kind: url(),
  says: 'the endpoint',
  setting: 'The URL that calls are sent to, and that test-endpoint tests.',
  variable: 'NETCORE_HOOK_TO',
  key: 'to',
} as const satisfies OptionRow;

export const auth = {
  flags: '--auth <user:pass>',
  kind: credentials(),
  says: 'Basic credentials; the password of a user alone is asked for; @file reads them',
  setting: 'Basic credentials for it.',
  variable: 'NETCORE_HOOK_AUTH',
  key: 'auth',
} as const satisfies OptionRow;

export const header = {
  flags: '-H, --header <name: value>',
  kind: repeated(readBy('X-Shop: 7', parseHeader)),
  says: 'add or replace a header; may be repeated',
} as const satisfies OptionRow;

export const timeout = {
  flags: '--timeout <duration>',
  kind: time(),
  says: 'how long to wait for an answer',
  setting: 'How long an answer may take.',
  standard: '10s',
  key: 'timeout',
} as const satisfies OptionRow;

export const insecure = {
  flags: '--insecure',
  kind: onOff,
  says: 'accept any TLS certificate',
} as const satisfies OptionRow;

/** How calls can be printed. */
export const printForms = ['json', 'form', 'curl'] as const;
export type PrintForm = (typeof printForms)[number];

export const print = {
  flags: '--print <form>',
  kind: choice(printForms),
  says: 'print the calls and send nothing',
} as const satisfies OptionRow;

export const yes = { flags: '--yes', kind: onOff, says: 'do not ask' } as const satisfies OptionRow;

export const rate = {
  flags: '--rate <number>',
  kind: number({ min: 0.001, max: 1_000_000 }),
  says: 'calls per second',
} as const satisfies OptionRow;

/** Each call that is under way has a connection. */
export const mostConcurrent = 1000;

export const concurrency = {
  flags: '--concurrency <number>',
  kind: whole({ min: 1, max: mostConcurrent }),
  says: 'calls under way at a time',
} as const satisfies OptionRow;
