import { yes } from './calling.js';
import { captureFilter } from './choosing.js';
import { redaction } from './decoding.js';
import { queue } from './forwarding.js';
import { list, onOff, path, words } from './kinds.js';
import type { OptionGroups } from './option.js';

export const historyEraseOptions = {
  'Contacts:': {
    who: {
      flags: '--who <contacts>',
      kind: list(words('asha@example.com')),
      description:
        'erase these contacts: whole e-mail addresses, numbers or other identifiers, or @list.csv',
    },
  },
  'Options:': {
    whole: {
      flags: '--whole',
      kind: onOff,
      description: 'remove whole captures, with the events of other contacts in them',
    },
    queue: { ...queue, description: 'also erase from the calls in this Redis' },
    dryRun: {
      flags: '--dry-run',
      kind: onOff,
      description: 'only show what would be erased',
    },
    yes: { ...yes, description: 'erase without confirmation' },
  },
} as const satisfies OptionGroups;

export const historyDiffOptions = {
  'Options:': {
    all: {
      flags: '--all',
      kind: onOff,
      description: 'also show times and ids, which differ between any two events',
    },
    ...redaction,
  },
} as const satisfies OptionGroups;

export const historyFieldsOptions = {
  'Options:': {
    save: {
      flags: '--save <file>',
      kind: path('fields.json'),
      description: 'write the fields to this file, without any value',
      completion: 'files',
    },
    against: {
      flags: '--against <file>',
      kind: path('fields.json'),
      description: 'show only how they differ from this file; exit with 1 if they do',
      completion: 'files',
    },
  },
  'Captures:': captureFilter,
} as const satisfies OptionGroups;

export const historyFactsOptions = {
  'Captures:': captureFilter,
} as const satisfies OptionGroups;
