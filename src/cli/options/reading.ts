import { eventColumns } from '../../payload/row-fields.js';
import { yes } from './calling.js';
import { captureFilter } from './choosing.js';
import { redaction } from './decoding.js';
import { queue } from './forwarding.js';
import { keep, keepFor, keepSize, maxCaptures } from './keeping.js';
import { choice, list, onOff, whole, words } from './kinds.js';
import { inspectPort } from './listening.js';
import type { OptionGroups, OptionRow } from './option.js';

export const limit = {
  flags: '--limit <number>',
  kind: whole({ min: 1, max: maxCaptures }),
  description: 'show at most this many',
  default: '20',
} as const satisfies OptionRow;

const body = {
  flags: '--body',
  kind: onOff,
  description: 'print only the body, byte for byte; a terminal gets invisible characters escaped',
} as const satisfies OptionRow;

export const historyListOptions = {
  'Options:': {
    limit,
    follow: {
      flags: '--follow',
      kind: onOff,
      description: 'show the oldest first, then wait for new captures',
    },
  },
  'Captures:': captureFilter,
} as const satisfies OptionGroups;

export const historyLogOptions = {
  'Options:': {
    since: { ...captureFilter.since, description: 'only entries since this time' },
    until: { ...captureFilter.until, description: 'only entries before this time' },
    limit: { ...limit, description: 'show at most this many entries', default: '100' },
  },
} as const satisfies OptionGroups;

export const statusOptions = {
  'Options:': {
    queue: { ...queue, description: 'also check the queue in this Redis' },
    since: { ...captureFilter.since, description: 'also list what happened since this time' },
  },
} as const satisfies OptionGroups;

export const historyShowOptions = { 'Options:': { body, ...redaction } } as const;

/** `history` without a verb lists; with an id it shows. */
export const historyOptions = {
  'List:': { ...historyListOptions['Options:'], ...captureFilter },
  'Show:': historyShowOptions['Options:'],
} as const satisfies OptionGroups;

export const historyExportOptions = {
  'Options:': {
    format: {
      flags: '--format <form>',
      kind: choice(['ndjson', 'csv']),
      description:
        'ndjson writes a line for each capture, which import reads; csv writes a row for each event',
      default: 'ndjson',
    },
    columns: {
      flags: '--columns <names>',
      kind: list(words('key')),
      description: `columns of the CSV: ${eventColumns.join(', ')}, or the path of a field such as att_params.CITY`,
      completion: eventColumns,
    },
    ...redaction,
  },
  'Captures (unless given by id):': captureFilter,
} as const satisfies OptionGroups;

export const historyStatsOptions = {
  'Options:': {
    by: {
      flags: '--by <what>',
      kind: choice([
        'channel',
        'panel',
        'webhook',
        'journey',
        'message',
        'duplicate',
        'peer',
        'hour',
        'day',
      ]),
      description:
        'group the counts by this; duplicate lists events that were received more than once',
      default: 'channel',
    },
  },
  'Captures:': captureFilter,
} as const satisfies OptionGroups;

export const historyPruneOptions = {
  'Retention:': { keep, keepFor, keepSize },
  'Options:': {
    compact: {
      flags: '--compact',
      kind: onOff,
      description:
        'return the space to the disk; needs up to twice the space of what is kept meanwhile',
    },
    yes: { ...yes, description: 'remove without confirmation' },
  },
} as const satisfies OptionGroups;

export const inspectOptions = {
  'Options:': {
    inspectPort: { ...inspectPort, description: 'port of the page; 0 selects a free one' },
    open: { flags: '--open', kind: onOff, description: 'open the page in the browser' },
  },
} as const satisfies OptionGroups;

export const configOptions = {
  'Options:': {
    schema: {
      flags: '--schema',
      kind: onOff,
      description: 'print the JSON Schema of the project file',
    },
  },
} as const satisfies OptionGroups;
