import { yes } from './calling.js';
import { queue } from './forwarding.js';
import { list, onOff, words } from './kinds.js';
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
