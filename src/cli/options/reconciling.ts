import { type FieldMapping, fields, type KeyField, keyFields } from '../../payload/row-fields.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { captureFilter } from './choosing.js';
import { choice, list, onOff, path, readBy, repeated, type TextKind, time, zone } from './kinds.js';
import type { OptionGroups } from './option.js';
import { zoneOfSamples } from './sending.js';

const mapping: TextKind<FieldMapping> = readBy('who=Email ID', (name, typed) => {
  const [, word = '', column = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(typed) ?? [];
  const field = fields.find((each) => each === word.toLowerCase());
  if (field && column !== '') return { field, column };
  const suggestion = nearest(word.toLowerCase(), fields);
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: field ? 'the column is missing' : `"${word}" is not a field`,
    hint:
      !field && suggestion
        ? `Did you mean ${suggestion}=${column || '<column>'}?`
        : `Write it like ${name} who="Email ID". Fields: ${fields.join(', ')}.`,
  });
});

const keyField: TextKind<KeyField> = readBy('who,msgid,event', (name, typed) => {
  const field = keyFields.find((each) => each === typed.toLowerCase());
  if (field) return field;
  const suggestion = nearest(typed.toLowerCase(), keyFields);
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'it is not a field of an event',
    hint: suggestion ? `Did you mean "${suggestion}"?` : `Fields: ${keyFields.join(', ')}.`,
  });
});

/** Here, `--key` names the fields to compare. */
const { key: _eventKey, ...eventFilter } = captureFilter;

export const reconcileOptions = {
  'Rows:': {
    expect: {
      flags: '--expect <files...>',
      kind: repeated(path('report.csv')),
      description:
        'what must be there: CSV, NDJSON, JSON or a truth file, also .gz or a pattern; - reads stdin',
      defaultNote: 'the store',
      completion: 'files',
    },
    in: {
      flags: '--in <files...>',
      kind: repeated(path('table.csv')),
      description: 'where it must be, in the same forms',
      defaultNote: 'the store',
      completion: 'files',
    },
    map: {
      flags: '--map <field=column>',
      kind: repeated(mapping),
      description: `name the column of a field (${fields.join(', ')}): who="Email ID"`,
      setting: 'Columns of reports and tables that `reconcile` does not recognise.',
      key: 'map',
    },
    tz: {
      flags: '--tz <zone>',
      kind: zone,
      description: 'time zone of times without one in files',
      defaultNote: 'that of the panel',
      completion: 'zones',
    },
    panelTz: {
      ...zoneOfSamples,
      flags: '--panel-tz <zone>',
      description: "time zone of the panel's event times",
    },
  },
  'Comparison:': {
    key: {
      flags: '--key <fields>',
      kind: list(keyField),
      description: 'rows are equal when these fields are: who,msgid,event',
      defaultNote: 'all that both sides have',
      completion: keyFields,
    },
    within: {
      flags: '--within <duration>',
      kind: time({ max: Number.MAX_SAFE_INTEGER, example: '10m' }),
      description: 'accept times that differ by up to this: 10m',
    },
    by: {
      flags: '--by <what>',
      kind: choice(['message']),
      description: 'compare only the totals of each message and activity',
    },
    missing: {
      flags: '--missing <file>',
      kind: path('missing.csv'),
      description:
        'write the missing rows to this file unchanged, or ids for replay when the store was expected',
      completion: 'files',
    },
    dryRun: {
      flags: '--dry-run',
      kind: onOff,
      description: 'show the recognised columns with three rows, and compare nothing',
    },
  },
  'Events:': eventFilter,
} as const satisfies OptionGroups;
