import { readdirSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { documents } from '../scripts/docs/documents.js';
import { warnings } from '../scripts/docs/warnings.js';
import { commandTree, parseCommandLine } from '../src/cli/program.js';
import { commands } from '../src/commands/list.js';
import { shellWords } from '../src/payload/paste/shell-words.js';
import { catalogue } from '../src/problems/catalogue.js';
import { exitCodes } from '../src/problems/exit-codes.js';
import { project } from './helpers/project.js';
import { run, start } from './helpers/run.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

interface Manifest {
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The cells of each row of the table whose head names these columns. */
function table(text: string, ...head: string[]): string[][] {
  const [, rows = ''] = text.split(`| ${head.join(' | ')} |\n`);
  return rows
    .split('\n\n', 1)[0]!
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the README', () => {
  test('has the table of commands as the help has it', () => {
    expect(table(readme, 'command', 'what it does')).toEqual(
      commands.map(({ name, summary }) => [`\`${name}\``, summary]),
    );
  });

  test('has the table of exit codes as the code has it', () => {
    expect(table(readme, 'code', 'meaning')).toEqual(
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    );
  });

  test('stays short', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(120);
  });
});

describe('docs/dependencies.md', () => {
  const text = readFileSync(new URL('../docs/dependencies.md', import.meta.url), 'utf8');
  const read = (path: string) =>
    JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')) as Manifest;
  const manifest = read('package.json');
  const named = [
    ...Object.entries(manifest.dependencies),
    ...Object.entries(manifest.devDependencies),
  ].sort();

  test('gives the reasons for every library that package.json names, and for no other', () => {
    const reasons = text
      .split('\n## ')
      .flatMap((part) => table(part, 'library', 'for', 'instead of', 'why this one'))
      .filter((cells) => cells.length > 0);
    expect(reasons.map(([cell]) => cell?.replaceAll('`', '')).sort()).toEqual(
      named.map(([name]) => name),
    );
    for (const cells of reasons) expect(cells).not.toContain('');
  });

  test.each(named)('has the version and licence of %s as it is installed', (name, version) => {
    const { license } = read(`node_modules/${name}/package.json`);
    expect(text).toContain(`\n| \`${name}\` | ${version} | ${license} | `);
  });

  test('names as bundled those libraries whose code is in the bundle', () => {
    const licences = readFileSync(new URL('../dist/licenses.txt', import.meta.url), 'utf8');
    const shipped = [...licences.matchAll(/^(?:-{78}\n\n)?(\S+) \d+\.\d+\.\d+\S* \(.+\)$/gm)];
    const [, bundled = ''] = text.split('\n## Bundled\n');
    const part = bundled.split('\n## ', 1)[0] ?? '';
    const own = [...part.matchAll(/^\| `(\S+)` \| \d/gm)].map(([, name]) => name);
    const names = new Set(shipped.map(([, name]) => name!));
    const { devDependencies } = read('package.json') as { devDependencies: object };
    expect(own.sort()).toEqual([...names].filter((name) => name in devDependencies).sort());
  });
});

test('docs/configuration.md shows a project file that is understood', async () => {
  const text = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  const [, file = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
  const { exit, out } = await run(['config', '--profile', 'staging'], { cwd: project(file) });
  expect({ exit, staging: out.includes('Profile    staging') }).toEqual({ exit: 0, staging: true });
});

test.each(Object.entries(documents))('%s is what npm run docs writes', async (name, write) => {
  expect(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')).toBe(await write());
});

const tree = await commandTree(commands, start(['--version']).host);
const nodes = tree.nodes.flatMap((node) => [node, ...node.verbs]);

describe('the help', () => {
  test('lists every command and every exit code', async () => {
    const { exit, out, err } = await run(['--help']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    for (const { name, summary } of commands) {
      expect(out).toMatch(new RegExp(`^ {2}${name} .*${summary.slice(0, 20)}`, 'm'));
    }
    for (const { code, meaning } of Object.values(exitCodes))
      expect(out).toContain(`${code}  ${meaning}`);
  });

  test.each([80, 120])('fits a terminal of %i columns, but for long examples', async (columns) => {
    const { host } = start(['--version']);
    const lines: string[] = [];
    const stdout = Object.assign(new PassThrough(), { columns });
    stdout.on('data', (text: Buffer) => lines.push(...text.toString('utf8').split('\n')));
    const { program } = await commandTree(commands, { ...host, stdout });
    program.outputHelp();
    for (const { path } of nodes) {
      const { out } = await run([...path.split(' '), '--help'], { columns });
      lines.push(...out.split('\n'));
    }
    expect(lines.length).toBeGreaterThan(300);
    const long = lines.filter((line) => line.length > columns);
    expect(long.filter((line) => !/^ {2}\S*netcore-hook /.test(line))).toEqual([]);
  });

  test.each([
    [['help'], ['--help']],
    [
      ['help', 'send'],
      ['send', '--help'],
    ],
  ])('is what %s shows', async (words, same) => {
    expect(await run(words)).toEqual(await run(same));
  });

  test('is what the bare name shows', async () => {
    const bare = await run([], { terminal: true });
    expect(bare).toEqual(await run(['--help'], { terminal: true }));
  });

  test.each(nodes.map(({ path, body }) => [path, body] as const))(
    'of %s gives examples that name only what exists',
    async (path, body) => {
      const { examples } = body;
      const { exit, out } = await run([...path.split(' '), '--help']);
      expect(exit).toBe(0);
      expect(examples.length).toBeGreaterThan(0);
      const verbs = nodes.filter((node) => node.path.startsWith(`${path} `));
      const helps = await Promise.all(
        verbs.map((verb) => run([...verb.path.split(' '), '--help'])),
      );
      const all = [out, ...helps.map((help) => help.out)].join('\n');
      const options = new Set(all.match(/--?[a-z][a-z-]*/g));
      for (const { line } of examples) {
        expect(out).toContain(line);
        const [, typed = ''] = line.split(/netcore-hook /);
        const words = typed.replace(/'[^']*'/g, '').split(' ');
        // `history reconcile` is also a command of its own.
        const paths = nodes.filter((node) => node.body === body).map((node) => node.path);
        expect(paths.some((each) => typed.startsWith(each))).toBe(true);
        for (const word of words.filter((each) => /^--?[a-z]/.test(each))) {
          expect(options).toContain(word);
        }
      }
    },
  );

  test.each(nodes.flatMap(({ body }) => body.examples.map(({ line }) => line)))(
    'gives an example that is understood: %s',
    async (line) => {
      const { host } = start(['--version']);
      const words = [...shellWords(line, line.indexOf('netcore-hook'), 'bash')];
      const argv = words.slice(1).map(({ text }) => text);
      expect(await parseCommandLine(argv, commands, host)).toMatchObject({ kind: 'run' });
    },
  );
});

test('every problem has a code of letters and underscores', () => {
  for (const code of Object.keys(catalogue)) expect(code).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/);
});

test('every warning of the code is documented, and no other', () => {
  const root = new URL('../src/', import.meta.url);
  const codes = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('inspector/page/'))
    .flatMap((name) => {
      const text = readFileSync(new URL(name, root), 'utf8');
      const said = [/type: 'warning',\s*code: '(\w+)'/g, /(?<!\.)\bwarn\(\s*'(\w+)'/g];
      if (name.startsWith('payload/')) said.push(/\bcode: '(\w+)'(?! \|)/g);
      if (name.endsWith('redis/check-redis.ts')) said.push(/'(redis_\w+)'\]|push\('(redis_\w+)'/g);
      return said.flatMap((pattern) =>
        [...text.matchAll(pattern)].map(([, code, other]) => code ?? other ?? ''),
      );
    });
  expect([...new Set(codes)].sort()).toEqual(Object.keys(warnings));
});

test.each([
  ['library.md', () => import('../src/index.js')],
  ['testing.md', () => import('../src/testing.js')],
])('docs/%s names every export, and no other', async (page, exported) => {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');
  const named = table(text, 'export', 'what it does').flatMap(([cell = '']) =>
    [...cell.matchAll(/`(\w+)(?:\(.*?\))?`/g)].map(([, name]) => name),
  );
  expect(named.toSorted()).toEqual(Object.keys(await exported()).toSorted());
});

describe('docs/library.md', () => {
  const text = readFileSync(new URL('../docs/library.md', import.meta.url), 'utf8');

  test('has an example that stores each event once', async () => {
    const [, code = ''] = /```js\n(.*?)```/s.exec(text) ?? [];
    const library = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
    const program = code.replace("'netcore-hook'", library);
    const stored = new Map<unknown, unknown>();
    const scope = globalThis as { store?: unknown };
    scope.store = async (row: { key: unknown }) => stored.set(row.key, row);
    try {
      const { POST } = await import(`data:text/javascript,${encodeURIComponent(program)}`);
      const event = { channel: 'sms', event: 'click', event_params: { ts: 261101120000 } };
      const body = `data=${encodeURIComponent(JSON.stringify({ shop: [event, event] }))}`;
      const call = (own: string) => new Request('http://localhost', { method: 'POST', body: own });
      expect((await POST(call(body))).status).toBe(200);
      expect((await POST(call(''))).status).toBe(200);
      expect([...stored.values()]).toEqual([
        expect.objectContaining({ panel: 'shop', channel: 'sms', activity: 'click', event }),
      ]);
    } finally {
      delete scope.store;
    }
  });
});
