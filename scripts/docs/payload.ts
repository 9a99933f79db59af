import { activities, channels } from '../../src/payload/channels.js';
import { type DocumentedField, documentedFields } from '../../src/payload/documented-fields.js';
import { listSamples } from '../../src/sample-files.js';
import { cell, code, table } from './markdown.js';

/** docs/payload.md: the content of a payload, by channel. */
export function writePayload(): string {
  const samples = listSamples();
  return [
    '# The payload',
    '',
    'Written by `npm run docs` from the fields, channels and samples in the code.',
    '',
    "A call of Netcore CE's journey webhook is a POST of a form whose one field `data` holds JSON: the name of the",
    'panel, and a list of events. `netcore-hook decode` extracts it from what surrounds it,',
    '`netcore-hook samples` prints one of each kind, and `netcore-hook samples --schema` its JSON Schema.',
    '',
    '```json',
    '{ "netcore_hook_test": [ { "channel": "email", "event": "open", "event_params": { … }, … }, … ] }',
    '```',
    '',
    '## Channels and activities',
    '',
    "Seven samples are those of Netcore's page; the others are derived from them. Netcore spells some activities in",
    'several ways (`clicked`, `Clicked`, `opened`): compare them by the names below.',
    '',
    ...table(
      ['channel', 'activities', "on Netcore's page"],
      channels.map((channel) => [
        code(channel),
        channel === 'custom_activity'
          ? 'named by the client'
          : activities[channel].map(code).join(' '),
        samples
          .filter((sample) => sample.channel === channel && sample.source === 'page')
          .map(({ activity }) => code(activity))
          .join(' '),
      ]),
    ),
    '',
    '## Fields',
    '',
    "Netcore's page shows fields in samples and explains none: what they mean is what the samples say and what",
    'receivers found. "page" is a field of those samples, "seen" one that stands only in calls that receivers have',
    'published. In a path, `*` is any key, or any place in a list. Other fields may come at any time: read what',
    'you need, and keep or ignore the rest.',
    '',
    '### Every channel',
    '',
    ...fieldTable(documentedFields.filter(isOfAll)),
    ...channels.flatMap((channel) => {
      const own = documentedFields.filter((field) => field.channels.includes(channel));
      const others = own.filter((field) => !isOfAll(field));
      return [
        '',
        `### ${channel}`,
        '',
        'Besides those of every channel:',
        '',
        ...fieldTable(others),
      ];
    }),
    '',
  ].join('\n');
}

function isOfAll(field: DocumentedField): boolean {
  return field.channels.length === channels.length;
}

function fieldTable(fields: readonly DocumentedField[]): string[] {
  return table(
    ['field', 'what it holds', 'source'],
    fields.map(({ path, meaning, source }) => [code(path), cell(meaning), source]),
  );
}
