import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((path) => {
    const whole = readFileSync(join(root, path), 'utf8');
    // The code that fixes show runs elsewhere.
    const isSnippet = path.startsWith('readiness/frameworks/');
    const text = isSnippet ? whole.replace(/`(?:\\.|[^`\\])*`/g, '``') : whole;
    const imports = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name!);
    return { path, text, imports };
  });

/** The room that a path of src lies in: its first folder, or the file at the top itself. */
function room(path: string): string {
  // What serves the page from a store; the page itself, and what both say to each other, know none.
  if (path.startsWith('inspector/server/')) return 'inspector/server';
  return path.split('/', 1)[0]!.replace(/\.tsx?$/, '');
}

function importedRooms(path: string, imports: readonly string[]): string[] {
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => room(relative(root, join(root, dirname(path), name.replace(/\.js$/, '.ts')))))
    .filter((target) => target !== room(path));
}

// What each room may import. Arrows point one way: bin → main → commands → cli and the rooms
// that do the work → call → payload.
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'commands', 'host', 'problems'],
  index: ['payload', 'problems', 'sample-files'],
  testing: ['receiver', 'call', 'payload', 'output', 'problems', 'sample-files', 'version'],
  host: ['process-identities', 'process-identity'],
  'process-identities': ['process-identity'],
  'process-identity': [],
  'package-root': [],
  amounts: [],
  'replace-file': [],
  'user-folders': ['host', 'problems'],
  version: ['package-root'],
  'sample-files': ['package-root', 'payload'],
  explanations: ['package-root'],
  cli: ['host', 'output', 'payload', 'problems', 'version', 'call', 'replace-file', 'user-folders'],
  commands: [
    'cli',
    'amounts',
    'receiver',
    'store',
    'queue',
    'readiness',
    'forwarding',
    'reconciliation',
    'sending',
    'journeys',
    'alerts',
    'inspector',
    'inspector/server',
    'tunnel',
    'call',
    'payload',
    'output',
    'sample-files',
    'explanations',
    'host',
    'problems',
    'version',
    'package-root',
    'replace-file',
    'user-folders',
  ],
  forwarding: [
    'amounts',
    'cli',
    'store',
    'queue',
    'alerts',
    'metrics',
    'receiver',
    'call',
    'payload',
    'output',
    'host',
    'problems',
    'version',
  ],
  reconciliation: ['amounts', 'store', 'call', 'payload', 'output', 'host', 'problems'],
  sending: [
    'amounts',
    'cli',
    'store',
    'call',
    'payload',
    'output',
    'sample-files',
    'host',
    'problems',
    'version',
  ],
  receiver: ['call', 'payload', 'host', 'problems'],
  store: [
    'call',
    'payload',
    'host',
    'process-identity',
    'problems',
    'package-root',
    'replace-file',
    'user-folders',
  ],
  readiness: ['amounts', 'call', 'payload', 'host', 'problems', 'replace-file'],
  queue: ['call', 'payload', 'host', 'process-identity', 'problems'],
  alerts: ['amounts', 'call', 'payload', 'output', 'host', 'problems'],
  metrics: [],
  inspector: ['call', 'payload', 'host', 'problems', 'package-root'],
  'inspector/server': [
    'amounts',
    'inspector',
    'cli',
    'store',
    'sending',
    'call',
    'payload',
    'output',
    'sample-files',
    'host',
    'problems',
    'package-root',
    'version',
  ],
  tunnel: ['call', 'host', 'problems', 'package-root'],
  call: ['payload', 'host', 'process-identity', 'problems'],
  journeys: ['payload', 'problems'],
  payload: ['problems'],
  output: ['amounts', 'call', 'payload', 'host', 'problems'],
  problems: ['amounts', 'host'],
};

describe('the rooms of src', () => {
  test.each(files.map(({ path, imports }) => [path, imports] as const))(
    '%s imports only what its room may',
    (path, imports) => {
      const wrong = importedRooms(path, imports).filter(
        (target) => !allowed[room(path)]?.includes(target),
      );
      expect(wrong).toEqual([]);
    },
  );

  test('have commands that know no other command', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const [, own] = /^commands\/([^/]+)\//.exec(path) ?? [];
      return imports
        .map((name) => relative(root, join(root, dirname(path), name)))
        .filter((target) => {
          const [, other] = /^commands\/([^/]+)\//.exec(target) ?? [];
          return own !== undefined && other !== undefined && other !== own;
        })
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('have no circle of files', () => {
    const paths = new Set(files.map(({ path }) => path));
    const resolve = (from: string, name: string) => {
      const path = relative(root, join(root, dirname(from), name.replace(/\.js$/, '.ts')));
      return paths.has(path) ? path : `${path}x`;
    };
    const edges = new Map(
      files.map(({ path, imports }) => [
        path,
        imports.filter((name) => name.startsWith('.')).map((name) => resolve(path, name)),
      ]),
    );
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]) => {
      if (trail.includes(path)) throw new Error(`A circle: ${[...trail, path].join(' → ')}`);
      if (done.has(path)) return;
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    expect(done.size).toBe(files.length);
  });

  test('payload needs no module of Node but zlib, which only computes', () => {
    const wrong = files
      .filter(({ path }) => room(path) === 'payload')
      .filter(
        ({ imports, text }) =>
          imports.some((name) => name.startsWith('node:') && name !== 'node:zlib') ||
          /\bBuffer\./.test(text),
      );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('nothing but the host and the entries reads the process, prints, or exits', () => {
    const exempt = ['host.ts', 'main.ts', 'store/lock-probe.ts', 'tunnel/guard.ts'];
    const wrong = files
      .filter(({ path }) => !exempt.includes(path))
      .filter(({ text }) =>
        /\bprocess\.(?!hrtime)|\bconsole\./.test(
          text.replace(/`[^`]*`|\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'/g, ''),
        ),
      );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('every connection to SQLite is opened, and every checkpoint taken, in one place', () => {
    const mentioning = (pattern: RegExp) =>
      files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
    expect(mentioning(/(?:import|require|from).*'(?:libsql|node:sqlite)'/)).toEqual([
      'store/sqlite-bindings.ts',
    ]);
    const bindings = files.filter(({ imports }) =>
      imports.some((name) => name.endsWith('/sqlite-bindings.js')),
    );
    expect(bindings.map(({ path }) => path)).toEqual(['store/database.ts']);
    expect(mentioning(/pragma wal_checkpoint/)).toEqual(['store/database.ts']);
    expect(mentioning(/vacuum/i)).toEqual(['store/backup.ts', 'store/rewrite.ts']);
  });

  test('files are written in few places, none of which follows what another user laid there', () => {
    const writing = /\b(?:writeFile|appendFile|createWriteStream|copyFile|chmod|fchmod)(?:Sync)?\(/;
    const paths = files.filter(({ text }) => writing.test(text)).map(({ path }) => path);
    expect(paths.sort()).toEqual(['replace-file.ts', 'store/folder.ts']);
  });

  test('what is invisible is defined in one place', () => {
    const classes = /\\p\{(?:C[cfs]?|Z[lp])\}|\\u20(?:2[a-e]|6\d|0[ef])/;
    const paths = files.filter(({ text }) => classes.test(text)).map(({ path }) => path);
    // Programs put some of them into what people copy, and those are taken out of a paste.
    expect(paths.sort()).toEqual(['payload/invisible-characters.ts', 'payload/paste/wraps.ts']);
  });

  test('what loads at every start imports nothing heavy', () => {
    const heavy =
      /^(?:zod|undici|ora|chalk|libsql|@inquirer\/|lossless-json|bullmq|ioredis|node:(?:http|https|sqlite|worker_threads))/;
    const byPath = new Map(files.map((file) => [file.path, file]));
    const seen = new Set<string>();
    const wrong: string[] = [];
    const visit = (path: string) => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = byPath.get(path)?.text ?? '';
      for (const [, name = ''] of text.matchAll(
        /^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm,
      )) {
        if (heavy.test(name)) wrong.push(`${path} imports ${name}`);
        if (name.startsWith('.'))
          visit(relative(root, join(root, dirname(path), name.replace(/\.js$/, '.ts'))));
      }
    };
    visit('main.ts');
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(10);
  });
});
