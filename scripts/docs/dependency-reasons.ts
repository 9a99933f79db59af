/** For a library: its purpose, the alternatives, and the reason for the choice. */
export type Reason = readonly [purpose: string, instead: string, why: string];

/** Installed with the package. */
export const installed: Readonly<Record<string, Reason>> = {
  libsql: [
    'the store',
    '`better-sqlite3`, which compiles or downloads at installation; `node:sqlite`, which Node 20 lacks',
    'SQLite, prebuilt for each platform in the registry; `node:sqlite` replaces it once Node 20 support ends',
  ],
  zod: [
    'the schema of a payload, for users of the library',
    'hand-written types and JSON Schema',
    'one source for types, validation and JSON Schema; widely known',
  ],
};

/** Bundled into it, wholly or in part. */
export const bundled: Readonly<Record<string, Reason>> = {
  '@noble/hashes': [
    'the key of an event',
    '`node:crypto`, which a browser lacks; a hash of our own',
    'SHA-256 in plain JavaScript; audited, without dependencies',
  ],
  '@bomb.sh/tab': [
    'the completion scripts of zsh, fish and PowerShell, generated at build time',
    'three scripts of our own',
    'generates them for commander; not used at run time',
  ],
  '@inquirer/prompts': [
    'prompts on a terminal',
    '`node:readline` and cursor codes',
    'hidden passwords, and Ctrl-C restores the terminal; loaded only for a prompt',
  ],
  '@preact/signals': [
    'the state of the inspector’s page',
    'redrawing the whole list',
    'a change draws one row',
  ],
  '@tanstack/virtual-core': [
    'the long list of the page',
    'hand-written scrolling',
    'rows of different heights; only visible rows are rendered',
  ],
  bullmq: [
    'the queue on Redis or Valkey',
    'Lua scripts of our own',
    'delayed, stalled and dead calls, retention, and existing dashboards; proven for years',
  ],
  chalk: ['colour', 'escape codes by hand', 'detects terminal support; no dependencies'],
  commander: [
    'the command line',
    '`node:util` parseArgs, without help and subcommands',
    'help and subcommands without dependencies; version 14 supports Node 20',
  ],
  'csv-parse': [
    'CSV files of contacts and reports',
    'splitting lines at commas',
    'quotes, line breaks in values and positions of faults; streams; no dependencies; loaded only for CSV',
  ],
  'fast-string-width': [
    'columns of Chinese, emoji and combining marks',
    '`string-width`, which loads `Intl.Segmenter` and takes thirty times as long to start',
    'one small file with the same widths; `@inquirer/prompts` uses it too',
  ],
  'fastest-levenshtein': ['did-you-mean', 'thirty lines', 'tiny and without dependencies'],
  ioredis: ['the connection of bullmq', 'node-redis', 'required by bullmq'],
  'lossless-json': [
    'editing payloads',
    'JSON.parse, which changes numbers',
    'preserves the digits of numbers',
  ],
  nodemailer: [
    'alerts by e-mail',
    'a client of our own, which would have to handle TLS, logins, encodings and replies; `sendmail`, which containers lack',
    'the most used client; no dependencies; loaded only to send an e-mail',
  ],
  ora: [
    'spinners',
    'a timer and cursor codes',
    'silent without a terminal; loaded only to show progress',
  ],
  preact: ['the inspector’s page', 'React, at several times the size', 'small and well known'],
  undici: [
    'sending',
    'fetch, which follows redirects and is ten times slower; `node:http`, half as fast',
    'Node’s own client. Only its `Client` is bundled: one connection, without a queue or retries',
  ],
};

/** For building and testing only. */
export const tools: Readonly<Record<string, Reason>> = {
  '@arethetypeswrong/cli': [
    'whether TypeScript finds the types of the package',
    'manual tests of each module system',
    'the only tool for this',
  ],
  '@biomejs/biome': ['lint and format', 'ESLint and Prettier', 'one fast binary'],
  '@types/node': ['types of Node 20, the oldest supported version', '–', 'the types of Node’s API'],
  'axe-core': [
    'accessibility checks of the page',
    'manual checks',
    'also used by browsers’ own audits',
  ],
  express: [
    'a receiver in tests, to verify the fixes of `test-endpoint`',
    'a substitute',
    'the most used framework',
  ],
  'fast-check': ['property-based tests', 'only examples', 'finds the smallest failing case'],
  fastify: ['a receiver in tests, like express', 'a substitute', 'the second most used framework'],
  knip: [
    'unused files, exports and libraries',
    'manual review',
    'supports vitest, TypeScript and npm scripts',
  ],
  'playwright-core': [
    'tests of the page',
    'jsdom, which renders nothing',
    'drives the system’s Chromium; downloads nothing',
  ],
  publint: [
    'whether the package suits npm and bundlers',
    'manual review',
    'the only tool for this',
  ],
  rolldown: [
    'building',
    'esbuild, which creates a chunk for each set of importers: five more files at every start',
    'configurable chunks',
  ],
  'smtp-server': [
    'a mail server in tests, with TLS and logins',
    'a substitute',
    'a real server in the same process, from the authors of `nodemailer`',
  ],
  typescript: ['types and declarations', '–', 'the language of the project'],
  yaml: [
    'tests of the example for GitHub Actions',
    'a copy of its steps',
    'reads the steps of the example, so that the tests run them unchanged',
  ],
  vitest: ['tests', '`node:test`', 'TypeScript without a build step, tables, parallel files'],
  textlint: [
    'the wording of documents, including help texts and messages',
    'repeated manual review',
    'reports lines and columns, skips code',
  ],
  'textlint-rule-prh': [
    'the list of words in `prose.yml`',
    'our own rule',
    'patterns and advice in one file',
  ],
};
