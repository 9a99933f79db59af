import { choice, onOff, textOrFile } from './kinds.js';
import type { OptionGroups, OptionRow } from './option.js';

/** Redaction options of commands that print calls. */
export const redaction = {
  redact: {
    flags: '--redact',
    kind: onOff,
    description: 'replace personal data with pseudonyms of the same shape',
  },
  redactKey: {
    flags: '--redact-key <key>',
    kind: textOrFile,
    description: 'derive the pseudonyms from this key: a text or @file',
    defaultNote: "the store's own key",
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export const decodeOptions = {
  'Options:': {
    format: {
      flags: '--format <form>',
      kind: choice(['json', 'compact', 'table']),
      description: 'print the payload in this form',
      default: 'json',
    },
    strict: {
      flags: '--strict',
      kind: onOff,
      description: 'exit with 1 when the payload differs from its documented shape',
    },
    repair: {
      flags: '--repair',
      kind: onOff,
      description: 'complete the JSON of a truncated paste',
    },
    clipboard: { flags: '--clipboard', kind: onOff, description: 'decode the clipboard' },
    ...redaction,
  },
} as const satisfies OptionGroups;
