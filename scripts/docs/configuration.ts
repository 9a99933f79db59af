import { readFileSync } from 'node:fs';
import { flagOf } from '../../src/cli/options/option.js';
import { settingsSchema } from '../../src/cli/options/schema.js';
import { defaultOf, describe, exampleOf, settings } from '../../src/cli/options/settings.js';
import { indentJson } from '../../src/payload/json-text.js';
import { code, table } from './markdown.js';

/** config.schema.json: the output of `config --schema`. */
export function writeSchema(): string {
  return `${indentJson(JSON.stringify(settingsSchema()))}\n`;
}

/** docs/configuration.md: its own text, with the table of settings from the code. */
export function writeConfiguration(): string {
  const head = ['key', 'written like', 'default', 'instead of', 'what it sets'];
  const text = readFileSync('docs/configuration.md', 'utf8');
  const [before = '', rest = ''] = text.split(/^\| key \|.*\n/m);
  if (rest === '') throw new Error('docs/configuration.md has no table of settings.');
  const after = rest.slice(rest.indexOf('\n\n'));
  const rows = settings.map((setting) => {
    const { key, variable } = setting;
    const standard = defaultOf(setting);
    const flag = flagOf(setting);
    const others = variable === undefined ? [flag] : [flag, variable];
    return [
      code(key),
      code(exampleOf(setting)),
      standard === undefined ? '' : code(String(standard)),
      others.map(code).join(' '),
      describe(setting),
    ];
  });
  // In the document, an empty cell is a single blank.
  const lines = table(head, rows).map((line) => line.replaceAll('|  |', '| |'));
  return `${before}${lines.join('\n')}${after}`;
}
