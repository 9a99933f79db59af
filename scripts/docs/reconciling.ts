import { columnNames, fields, keyFields } from '../../src/payload/row-fields.js';
import { cell, code, table } from './markdown.js';

const meanings: Readonly<Record<(typeof fields)[number], string>> = {
  key: 'the [key of an event](payload.md#the-identity-of-an-event), 32 hexadecimal digits; stands for all others',
  panel: 'the panel',
  msgid: 'the id of the message, which all of its contacts share',
  who: 'the contact: an e-mail address, a telephone number or another identifier',
  channel: 'the channel',
  event: 'the activity, in any of its spellings',
  time: 'when it happened: 2026-12-01 10:00:12 with or without a zone, YYMMDDHHMMSS, or a Unix time',
  link: 'the link of a click',
  count: 'how many events the row stands for; only with `--by message`',
};

/** docs/reconciling.md: how `reconcile` reads files, and what it compares. */
export function writeReconciling(): string {
  return [
    '# How reconcile reads and compares',
    '',
    'Written by `npm run docs` from the list in the code. The guide is [Find a lost event](lost-event.md);',
    '[commands](commands.md#reconcile) lists the options.',
    '',
    '## Columns',
    '',
    'A column is recognised by one of these names, without its case, blanks and punctuation: `Email ID` is `emailid`.',
    'Name any other column with `--map who="Customer"`, or for a whole team with `map` in the',
    '[project file](configuration.md). `--dry-run` shows what was recognised, with three rows.',
    '',
    ...table(
      ['field', 'meaning', 'names'],
      fields.map((field) => [
        code(field),
        meanings[field].includes('](') || meanings[field].includes('`')
          ? meanings[field]
          : cell(meanings[field]),
        columnNames[field].map(code).join(' '),
      ]),
    ),
    '',
    'Several columns can hold the contact. The first of them that has a value in the row counts.',
    '',
    '## Files',
    '',
    '- CSV with commas, semicolons, tabs or bars, quoted or not; NDJSON; a JSON array; the truth file of a simulation.',
    '- Captures that `history export` or `history list --json` wrote: each of their events is a row.',
    '- Compressed by gzip, in UTF-8 or UTF-16, with any line ends.',
    "- Several files, a pattern in quotes (`'report*.csv'`), or `-` for stdin.",
    '- A row that cannot be read ends the comparison, with its line and column.',
    '- A spreadsheet saves long numbers as `9.19E+11`. Such a value is refused: its digits are lost.',
    '',
    '## What is equal',
    '',
    `Rows are equal when all fields are equal that both sides have, or those of \`--key\` (${keyFields.map(code).join(', ')}).`,
    'If both sides have the key of events, it alone is compared. `msgid` alone is refused: it names a message, not an event.',
    'So is a key that more than 1 % of the rows of a side share with another event.',
    '',
    '- E-mail addresses are equal in any case.',
    '- Telephone numbers of 10 to 13 digits are equal when only the country code differs by being absent: 1000000001,',
    '  911000000001 and +91 10000 00001.',
    '- `Opened`, `open` and `read` are one activity, as everywhere.',
    '- Times are equal to the second. `--within 10m` accepts others nearby. `--tz` names the zone of times without one;',
    "  `--panel-tz` names the panel's, in which events are written.",
    '- Links are compared for clicks only.',
    '',
    'Rows of one key are compared by their number: if three are expected and two are there, one is missing. On a side with',
    'times or keys, equal rows are repeats of one event. A truth file expects the events that were answered 200 at least once.',
    '',
    '## What takes part',
    '',
    'Filters apply to both sides, as far as these have the field. `--since` and `--until` select calls by their arrival and',
    'rows of files by their time. They limit what is expected. What must hold it is searched beyond them, since events can',
    'arrive late. `--status`, `--outcome` and `--text` select captures of the store.',
    '',
    'The comparison takes place in a temporary file beside the store, or in the folder for temporary files without a store.',
    'Only your user can read it, and it is removed at once.',
    '',
  ].join('\n');
}
