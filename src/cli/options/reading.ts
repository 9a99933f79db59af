import { yes } from './calling.js';
import { captureFilter } from './choosing.js';
import { keep, keepFor, keepSize, maxCaptures } from './keeping.js';
import { choice, onOff, whole, words } from './kinds.js';
import { inspectPort } from './listening.js';
import type { OptionGroups, OptionRow } from './option.js';

/** What prints the contents of calls can leave out who they are about. */
export const redaction = {
  redact: {
    flags: '--redact',
    kind: onOff,
    says: 'replace what names a person by stand-ins of the same shape',
  },
  redactKey: {
    flags: '--redact-key <key>',
    kind: words('@redact.key'),
    says: 'what stand-ins are made with, a text or @file',
    otherwise: "the store's own key",
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export const limit = {
  flags: '--limit <number>',
  kind: whole({ min: 1, max: maxCaptures }),
  says: 'how many',
  standard: '20',
} as const satisfies OptionRow;

const body = {
  flags: '--body',
  kind: onOff,
  says: 'only the body, byte for byte; on a terminal with invisible characters escaped',
} as const satisfies OptionRow;

export const historyListOptions = {
  'Options:': {
    limit,
    follow: { flags: '--follow', kind: onOff, says: 'oldest first, and go on with those to come' },
  },
  'Which captures:': captureFilter,
} as const satisfies OptionGroups;

export const historyShowOptions = { 'Options:': { body, ...redaction } } as const;

/** `history` alone lists, and with an id it shows. */
export const historyOptions = {
  'To list:': { ...historyListOptions['Options:'], ...captureFilter },
  'To show one:': historyShowOptions['Options:'],
} as const satisfies OptionGroups;

export const historyExportOptions = {
  'Options:': redaction,
  'Which captures, if not by id:': captureFilter,
} as const satisfies OptionGroups;

export const historyStatsOptions = {
  'Options:': {
    by: {
      flags: '--by <what>',
      kind: choice(['channel', 'panel', 'peer', 'hour']),
      says: 'count by this',
      standard: 'channel',
    },
  },
  'Which captures:': captureFilter,
} as const satisfies OptionGroups;

export const historyPruneOptions = {
  'What to keep:': { keep, keepFor, keepSize },
  'Options:': { yes: { ...yes, says: 'remove without asking' } },
} as const satisfies OptionGroups;

export const inspectOptions = {
  'Options:': {
    inspectPort: { ...inspectPort, says: 'port of the page, 0 for a free one' },
    open: { flags: '--open', kind: onOff, says: 'open the page in the browser' },
  },
} as const satisfies OptionGroups;

export const decodeOptions = {
  'Options:': {
    format: {
      flags: '--format <form>',
      kind: choice(['json', 'compact', 'table']),
      says: 'how to print the payload',
      standard: 'json',
    },
    strict: {
      flags: '--strict',
      kind: onOff,
      says: 'exit 1 where the payload departs from its documented shape',
    },
    repair: {
      flags: '--repair',
      kind: onOff,
      says: 'close what a paste that ends too early left open',
    },
    clipboard: { flags: '--clipboard', kind: onOff, says: 'decode what was copied' },
    ...redaction,
  },
} as const satisfies OptionGroups;

export const configOptions = {
  'Options:': {
    schema: { flags: '--schema', kind: onOff, says: 'print the JSON Schema of the project file' },
  },
} as const satisfies OptionGroups;
