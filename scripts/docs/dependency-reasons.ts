/** For a library: its purpose, the alternatives, and the reason for the choice. */
export type Reason = readonly [purpose: string, instead: string, why: string];

/** Installed with the package. */
export const installed: Readonly<Record<string, Reason>> = {
  libsql: [
    'the store',
    '`better-sqlite3`, which compiles or downloads at installation; `node:sqlite`, which Node 20 has not',
    'SQLite, prebuilt for each platform inside the registry; `node:sqlite` takes its place when Node 20 goes',
  ],
  zod: [
    'the schema of a payload, for users of the library',
    'types and a JSON Schema kept by hand',
    'one source of types, validation and JSON Schema; users have it or know it',
  ],
};

/** Bundled into it, wholly or in part. */
export const bundled: Readonly<Record<string, Reason>> = {
  '@bomb.sh/tab': [
    'the completion scripts of zsh, fish and PowerShell, written when it is built',
    'three scripts of our own',
    'writes them for commander; nothing of it runs at run time',
  ],
  '@inquirer/prompts': [
    'questions on a terminal',
    '`node:readline` and cursor codes',
    'passwords that are not shown, Ctrl-C that restores the terminal; loaded by a question only',
  ],
  '@preact/signals': [
    'the state of the inspector’s page',
    'drawing the whole list anew',
    'a change draws one row',
  ],
  '@tanstack/virtual-core': [
    'the long list of the page',
    'hand-written scrolling',
    'rows of many heights; rows that are not seen are not there',
  ],
  bullmq: [
    'the queue on Redis or Valkey',
    'Lua scripts of our own',
    'delayed, stalled and dead calls, retention, and dashboards that exist; in years of use elsewhere',
  ],
  chalk: ['colour', 'escape codes by hand', 'knows what terminals can; without dependencies'],
  commander: [
    'the command line',
    '`node:util` parseArgs, which has no help and no subcommands',
    'help and subcommands without dependencies; 14 admits Node 20',
  ],
  'fast-string-width': [
    'columns of Chinese, emoji and combining marks',
    '`string-width`, which loads `Intl.Segmenter` and takes thirty times as long to start',
    'one small file with the same widths; `@inquirer/prompts` uses it too',
  ],
  'fastest-levenshtein': ['did-you-mean', 'thirty lines', 'tiny and without dependencies'],
  ioredis: ['the connection of bullmq', 'node-redis', 'the one that bullmq takes'],
  'lossless-json': [
    'editing payloads',
    'JSON.parse, which changes numbers',
    'keeps numbers as they are written',
  ],
  ora: [
    'spinners',
    'a timer and cursor codes',
    'quiet without a terminal; loaded by what waits only',
  ],
  preact: [
    'the inspector’s page',
    'React, at several times the size',
    'small, and its ways are known',
  ],
  undici: [
    'sending',
    'fetch, which follows redirects and is ten times slower; `node:http`, half as fast',
    'Node’s own client. Only its `Client` is bundled: one connection, nothing queued, nothing retried',
  ],
};

/** For building and testing only. */
export const tools: Readonly<Record<string, Reason>> = {
  '@arethetypeswrong/cli': [
    'whether TypeScript finds the types of the package',
    'trying each kind of module by hand',
    'the only one for it',
  ],
  '@biomejs/biome': ['lint and format', 'ESLint and Prettier', 'one fast binary'],
  '@types/node': [
    'types of Node 20, the oldest that is admitted',
    '–',
    'what Node’s own API looks like',
  ],
  'axe-core': [
    'what screen readers cannot use of the page',
    'looking at it',
    'what browsers’ own audits take',
  ],
  express: [
    'a receiver in tests: what `test-endpoint` advises is tried on it',
    'a stand-in for it',
    'the most used',
  ],
  'fast-check': ['tests of properties', 'examples alone', 'finds the smallest case that fails'],
  fastify: ['a receiver in tests, as express is', 'a stand-in for it', 'the second most used'],
  knip: [
    'unused files, exports and libraries',
    'reading',
    'knows vitest, TypeScript and npm scripts',
  ],
  'playwright-core': [
    'tests of the page',
    'jsdom, which draws nothing',
    'drives the system’s Chromium; downloads nothing',
  ],
  publint: ['whether the package is as npm and bundlers want it', 'reading', 'the only one for it'],
  rolldown: [
    'building',
    'esbuild, which makes a chunk for each set of users: five files more at every start',
    'chunks by plan',
  ],
  typescript: ['types and declarations', '–', 'the language of the project'],
  yaml: [
    'tests of the example for GitHub Actions',
    'a copy of its steps',
    'reads the steps of the example, so that they are run as they stand',
  ],
  vitest: ['tests', '`node:test`', 'TypeScript as it is, tables, parallel files'],
  textlint: [
    'the wording of documents, which include help texts and messages',
    'reading them again and again',
    'reports lines and columns, skips code',
  ],
  'textlint-rule-prh': [
    'the list of words in `prose.yml`',
    'a rule of our own',
    'patterns and advice in one file',
  ],
};
