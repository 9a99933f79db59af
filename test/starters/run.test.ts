import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { starters } from '../../src/commands/init/starters.js';
import { findingsOf } from '../helpers/findings.js';
import { needPrograms } from '../helpers/programs.js';
import { startNginx } from '../helpers/receivers.js';
import { start } from '../helpers/run.js';
import {
  type RunStarterId,
  runStarterIds,
  startAuth,
  startCommand,
  startCredentials,
  startStarter,
  writeStarter,
} from '../helpers/starters.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** A team's code that writes a row each time it is called: a repeat of an event would show. */
const countingCode: Readonly<Partial<Record<RunStarterId, readonly [file: string, code: string]>>> =
  {
    ...Object.fromEntries(
      ['node', 'express', 'fastify'].map((id) => [
        id,
        [
          'handle-event.js',
          `export const tables = 'create table if not exists worked (event_key text)';
        export async function handleEvent({ key }, database) {
          database.prepare('insert into worked values (?)').run(key);
        }`,
        ],
      ]),
    ),
    ...Object.fromEntries(
      ['flask', 'fastapi'].map((id) => [
        id,
        [
          'handle_event.py',
          `TABLES = "create table if not exists worked (event_key text);"
def handle_event(found, database):
    database.execute("insert into worked values (?)", (found.key,))
`,
        ],
      ]),
    ),
    django: [
      'hook/handle_event.py',
      `from django.db import connection
def handle_event(found):
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists worked (event_key text)")
        cursor.execute("insert into worked values (%s)", [found.key])
`,
    ],
    php: [
      'handle-event.php',
      `<?php
    const TABLES = 'create table if not exists worked (event_key text)';
    function handle_event(Event $found, PDO $database): void
    {
        query($database, 'insert into worked values (?)', [$found->key]);
    }`,
    ],
  };

interface TruthLine {
  readonly type: string;
  readonly key: string;
  readonly status: number | null;
}

/** The keys of the events of a truth file that were answered 200. */
function answeredKeys(file: string): Set<string> {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as TruthLine);
  return new Set(events.flatMap(({ key, status }) => (status === 200 ? [key] : [])));
}

/** The keys that the receiver stored, and those of each call of the team's code. */
function storedKeys(id: RunStarterId, folder: string) {
  if (id === 'go') {
    const stored = readdirSync(join(folder, 'data'))
      .filter((name) => name.startsWith('events-'))
      .flatMap((name) =>
        readFileSync(join(folder, 'data', name), 'utf8')
          .split('\n')
          .slice(0, -1),
      )
      .flatMap((line) => (JSON.parse(line) as { events: { event_key: string }[] }).events)
      .map((event) => event.event_key);
    return { stored, worked: stored };
  }
  const database = new Database(join(folder, 'data', 'events.db'), { readonly: true });
  try {
    const keys = (table: string) => {
      const exists = "select 1 from sqlite_master where type = 'table' and name = ?";
      if (database.prepare(exists).get(table) === undefined) return [];
      const rows = database.prepare(`select event_key from ${table}`).all();
      return (rows as { event_key: string }[]).map((row) => row.event_key);
    };
    return { stored: keys(id === 'django' ? 'hook_event' : 'events'), worked: keys('worked') };
  } finally {
    database.close();
  }
}

/** Leaves the processor to the receiver meanwhile. */
function waitFor(condition: () => boolean): Promise<void> {
  return expect.poll(condition, { timeout: 40_000, interval: 100 }).toBe(true);
}

/** Passes every event to the team's code again. */
function reprocess(id: RunStarterId, folder: string): void {
  const [program = '', ...words] = startCommand(id, folder);
  const scripts: Readonly<Partial<Record<RunStarterId, readonly string[]>>> = {
    flask: ['reprocess.py'],
    fastapi: ['reprocess.py'],
    django: [...words.slice(0, 1), 'reprocess'],
    php: ['reprocess.php'],
    go: ['reprocess'],
  };
  const range =
    id === 'go' ? ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'] : ['2020-01-01', '2100-01-01'];
  const env = { ...process.env, ...startCredentials };
  const script = scripts[id] ?? ['reprocess.js'];
  execFileSync(program, [...script, ...range], { cwd: folder, env, stdio: 'pipe' });
}

const sorted = (keys: Iterable<string>) => [...keys].sort();

test.each(runStarterIds)(
  'the receiver of init %s is ready, stores each event once, and loses nothing when it is killed',
  async (id) => {
    const folder = await writeStarter(id);
    const [file, code] = countingCode[id] ?? [];
    if (file !== undefined && code !== undefined) writeFileSync(join(folder, file), code);
    const ready = await startStarter(id, folder);
    const { port } = ready;
    // PHP's own server ignores "Expect: 100-continue", which nginx answers.
    const url =
      id === 'php'
        ? await startNginx(
            readFileSync(join(folder, 'nginx.conf'), 'utf8').replace(':3000', `:${port}`),
          )
        : ready.url;

    const found = await findingsOf(url, ['--suite', 'full'], startAuth);
    // How fast it answers depends on the machine.
    const known = ['not_https', 'not_run', 'slow_answer'];
    expect(found.filter((each) => !known.includes(each.code))).toEqual([]);
    await ready.kill();
    rmSync(join(folder, 'data'), { recursive: true });

    const first = await startStarter(id, folder, port);
    const results = temporaryFolder();
    const simulate = (truth: string) =>
      start([
        ...['simulate', 'abandoned-cart', '--contacts', '1000', '--seed', '42'],
        ...['--start', '2026-11-23T09:00:00Z', '--duplicates', '5%', '--batch-every', '20m'],
        ...['--to', url.href, '--auth', startAuth],
        ...['--truth', join(results, truth)],
      ]);
    const broken = simulate('broken.ndjson');
    const truth = join(results, 'broken.ndjson');
    await waitFor(() => {
      const names = readdirSync(results);
      return names.includes('broken.ndjson') && answeredKeys(truth).size > 300;
    });
    await first.kill();
    await broken.finished;
    const answered = answeredKeys(truth);

    const second = await startStarter(id, folder, port);
    const holds = (wanted: ReadonlySet<string>) => () => {
      const worked = new Set(storedKeys(id, folder).worked);
      return [...wanted].every((key) => worked.has(key));
    };
    await waitFor(holds(answered));
    // The rest, and everything above again.
    expect(await simulate('whole.ndjson').finished).toMatchObject({ exit: 0 });
    const wanted = answeredKeys(join(results, 'whole.ndjson'));
    expect(wanted.size).toBeGreaterThan(answered.size);
    await waitFor(holds(wanted));
    const { stored, worked } = storedKeys(id, folder);
    expect(sorted(stored)).toEqual(sorted(wanted));
    expect(sorted(worked)).toEqual(sorted(wanted));

    // The receiver in Go keeps results instead of calling a database, and is stopped first.
    const times = id === 'go' ? 1 : 2;
    if (id === 'go') await second.kill();
    reprocess(id, folder);
    if (id === 'go') await startStarter(id, folder, port);
    await waitFor(() => storedKeys(id, folder).worked.length >= times * wanted.size);
    const again = storedKeys(id, folder);
    expect(sorted(again.stored)).toEqual(sorted(wanted));
    const repeated = Array.from({ length: times }, () => [...wanted]).flat();
    expect(sorted(again.worked)).toEqual(sorted(repeated));
  },
  120_000,
);

test.each(['node', 'express', 'fastify'] as const)(
  'the own test of the receiver of init %s passes',
  async (id) => {
    const folder = await writeStarter(id);
    const { status, stdout } = spawnSync(process.execPath, ['--test'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/^\W*pass 3$/m);
  },
);

/** Other machines have other versions. */
const isDebian = process.env.NETCORE_HOOK_TEST_ALL === '1';

test.runIf(isDebian)('init --list names the versions that are run here', () => {
  const [python, php, go, nginx] = needPrograms('flask', 'php', 'go', 'nginx');
  const print = (name: string) => `import importlib.metadata as m; print(m.version("${name}"))`;
  const versions: Readonly<Partial<Record<RunStarterId, readonly (readonly string[])[]>>> = {
    node: [[process.execPath, '--version']],
    flask: [[python, '-c', print('flask')]],
    django: [[python, '-c', print('django')]],
    fastapi: [[python, '-c', print('fastapi')]],
    php: [
      [php, '--version'],
      [nginx, '-v'],
    ],
    go: [[go, 'version']],
  };
  for (const [id, commands] of Object.entries(versions)) {
    for (const [program = '', ...words] of commands) {
      const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
      const [, version = ''] = /(\d+\.\d+)/.exec(stdout + stderr) ?? [];
      const shown = id === 'node' ? version.replace(/\..*/, '') : version;
      expect(starters[id as RunStarterId].ranWith).toMatch(new RegExp(` ${shown}\\b`));
    }
  }
});
