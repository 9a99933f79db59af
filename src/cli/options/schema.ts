import { projectFileName } from './find-project-file.js';
import { type EntryRows, handlerName, type JsonSchema, type Kind } from './kinds.js';
import { entryKey } from './option.js';
import { defaultOf, describe, type Setting, settings } from './settings.js';

/** The JSON Schema of the project file, in the draft with the best editor support. */
export function settingsSchema(of: readonly Setting[] = settings): JsonSchema {
  const references = Object.fromEntries(
    of.map(({ key }) => [key, { $ref: `#/definitions/${key}` }]),
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: projectFileName,
    description:
      'The settings that a project shares. netcore-hook config shows which are in effect.',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      ...references,
      profiles: {
        description: 'Settings for --profile <name>. They override the outer ones.',
        type: 'object',
        propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
        additionalProperties: {
          type: 'object',
          properties: references,
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
    definitions: {
      ...Object.fromEntries(of.map((each) => [each.key, definitionSchema(each)])),
      variable: {
        description: 'The environment variable that holds the value.',
        type: 'object',
        properties: { env: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } },
        required: ['env'],
        additionalProperties: false,
      },
    },
  };
}

function definitionSchema(setting: Setting): JsonSchema {
  const defaultValue = defaultOf(setting);
  return {
    description: describe(setting),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...valueSchema(setting.kind),
  };
}

function valueSchema(kind: Kind): JsonSchema {
  switch (kind.form) {
    case 'switch':
      return { type: 'boolean' };
    case 'list':
      if (kind.entry) return itemsSchema(kind.item.schema, kind.entry);
      return { type: 'array', items: orVariable(kind.item.schema) };
    case 'text':
      return orVariable(kind.schema);
    case 'bare':
      return orVariable(kind.item.schema);
  }
}

/** One item or a list of them: texts, variables, or objects with the settings of an item. */
function itemsSchema(schema: JsonSchema, entry: EntryRows): JsonSchema {
  const rows = Object.values(entry).map((row) => [
    entryKey(row),
    { description: describe({ ...row, key: entryKey(row) }), ...valueSchema(row.kind) },
  ]);
  const forms = [
    schema,
    { $ref: '#/definitions/variable' },
    {
      type: 'object',
      properties: {
        url: orVariable(schema),
        name: { description: 'What you call this handler.', ...orVariable(handlerName.schema) },
        ...Object.fromEntries(rows),
      },
      required: ['url'],
      additionalProperties: false,
    },
  ];
  return { anyOf: [...forms, { type: 'array', items: { anyOf: forms } }] };
}

/** Every text may also come from a variable. */
function orVariable(schema: JsonSchema): JsonSchema {
  const others: unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
  return { anyOf: [...others, { $ref: '#/definitions/variable' }] };
}
