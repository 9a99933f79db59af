import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseCommandLine } from '../src/cli/program.js';
import { commands } from '../src/commands/list.js';
import { wordsOf } from './helpers/guide.js';
import { start } from './helpers/run.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  'skills/netcore-hook/SKILL.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Every command line of ours in a document: in its blocks, and between backticks. */
function mentioned(text: string): string[] {
  const plain = text.replaceAll('\\|', '|');
  const blocks = [...plain.matchAll(/^```(?:console|sh)?\n(.*?)^```/gms)].map(([, block]) =>
    (block ?? '').replace(/ \\\n\s*/g, ' '),
  );
  const words = [...plain.replace(/^```.*?^```/gms, '').matchAll(/`([^`]*)`/g)].map(([, word]) =>
    (word ?? '').replaceAll('\n', ' '),
  );
  return [...blocks.flatMap((block) => block.split('\n')), ...words]
    .flatMap((line) => line.replace(/^\$ /, '').split(/ (?:\||\|\||&&) /))
    .map((line) => line.trim().replace(/^(?:npx|sudo) /, ''))
    .filter((line) => /^netcore-hook [a-z]/.test(line) && !/[<…]|\[options\]/.test(line));
}

test.each(documents)('%s names only command lines that are understood', async (name) => {
  const { host } = start(['--version']);
  for (const line of mentioned(read(name))) {
    const argv = wordsOf(line.replace(/ [0-9]?>.*| #.*/, ''));
    const fault = await parseCommandLine(argv, commands, host).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    // An option may be named without the value that it takes.
    if (!/argument missing/.test(fault ?? '')) expect({ line, fault }).toEqual({ line });
  }
});

const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The files and headings that a document leads to, from the root of the repository. */
function links(name: string): { readonly file: string; readonly anchor: string }[] {
  const text = read(name).replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, path = '', anchor = '']) => ({ file: path ? join(dirname(name), path) : name, anchor }),
  );
}

test.each(documents)('%s leads nowhere that is not there', (name) => {
  for (const { file, anchor } of links(name)) {
    const there = readdirSync(join(root, dirname(file)));
    expect(there, `${name} → ${file}`).toContain(file.split('/').at(-1));
    if (anchor) expect(anchorsOf(read(file)), `${name} → ${file}`).toContain(anchor);
  }
});

test('docs/README.md and ARCHITECTURE.md lead to every document', () => {
  const lists = ['docs/README.md', 'ARCHITECTURE.md'].flatMap(links);
  const reached = new Set(lists.map(({ file }) => file));
  const written = documents.filter(
    (name) => !['docs/README.md', 'README.md'].includes(name) && !name.startsWith('skills/'),
  );
  expect(written.filter((name) => !reached.has(name))).toEqual([]);
});

test.each(documents)('%s names only files that are there', (name) => {
  const text = read(name).replace(/^```.*?^```/gms, '');
  const named = text.matchAll(/`((?:src|test|scripts|bench|samples|contrib)\/[\w./-]*)`/g);
  for (const [, path = ''] of named) expect(existsSync(join(root, path)), path).toBe(true);
});
