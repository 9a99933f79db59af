#!/usr/bin/env node
/** Writes config.schema.json, and the table of settings into docs/configuration.md. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const config = (...options) =>
  execFileSync(process.execPath, [path('bin/netcore-hook.js'), 'config', ...options], {
    encoding: 'utf8',
    env: {},
  });

writeFileSync(path('config.schema.json'), config('--schema'));

const code = (text) => `\`${text}\``;
const rows = config('--no-config', '--json')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
  .filter(({ type }) => type === 'setting')
  .map(({ key, value, source, example, flag, variable, says }) => {
    // The store's own folder is another one for everybody.
    const standard =
      value === null || key === 'store' || source.kind !== 'default' ? '' : code(value);
    const others = [flag, ...(variable === null ? [] : [variable])].map(code).join(' ');
    return `| ${[code(key), code(JSON.stringify(example)), standard, others, says].join(' | ')} |`.replace(
      '|  |',
      '| |',
    );
  });
const head = '| key | written like | default | instead of | what it sets |';
const text = readFileSync(path('docs/configuration.md'), 'utf8');
const [before = ''] = text.split(head);
const after = text.slice(before.length).split('\n\n').slice(1).join('\n\n');
const table = [head, '|---|---|---|---|---|', ...rows].join('\n');
writeFileSync(path('docs/configuration.md'), `${before}${table}\n\n${after}`);
