import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commandBody } from '../../src/cli/command.js';
import { flagOf, type OptionRow, rowsOf } from '../../src/cli/options/option.js';
import { settingsSchema } from '../../src/cli/options/schema.js';
import {
  commandLineOnly,
  defaultOf,
  exampleOf,
  settings,
  variables,
} from '../../src/cli/options/settings.js';
import { commandTree, parseCommandLine } from '../../src/cli/program.js';
import { commands } from '../../src/commands/list.js';
import { frameworkIds } from '../../src/readiness/frameworks/framework.js';
import { suites } from '../../src/readiness/suites.js';
import { project } from '../helpers/project.js';
import { run, start } from '../helpers/run.js';

const { host } = start(['--version']);
const { nodes } = await commandTree(commands, host);
const all = nodes.flatMap((node) => [node, ...node.verbs]);
const options = all
  .filter(({ verbs }) => verbs.length === 0)
  .flatMap(({ path, taking, body }) =>
    rowsOf(body.options).map(([attribute, row]) => ({ path, taking, attribute, row })),
  );

describe('an option', () => {
  test.each(options)(
    '$attribute of $path is called by its long flag',
    ({ taking, attribute, row }) => {
      const option = taking.options.find(({ long }) => long === flagOf(row));
      expect(option?.attributeName()).toBe(attribute);
      const isBare = row.kind.form === 'bare' || (row.kind.form === 'list' && row.kind.bare);
      expect(option?.required).toBe(row.kind.form !== 'switch' && !isBare);
    },
  );

  test.each(options.filter(({ row }) => row.needs))(
    '$attribute of $path stands behind what it needs',
    ({ path, attribute, row }) => {
      const own = options.filter((each) => each.path === path).map((each) => each.attribute);
      const needed = own.filter((each) => row.needs?.includes(each));
      for (const each of needed) expect(own.indexOf(each)).toBeLessThan(own.indexOf(attribute));
    },
  );

  test('is in the project file under one key, whatever commands take it', () => {
    const keys = settings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const taken = options.flatMap(({ row }) => row.key ?? []);
    expect([...new Set(['store', ...taken])].sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => key in commandLineOnly)).toEqual([]);
    const named = options.flatMap(({ row }) => row.variable ?? []);
    expect(named.filter((name) => !variables.includes(name))).toEqual([]);
  });

  test('knows the frameworks and suites that there are', () => {
    const choicesOf = (key: string) => {
      const { kind } = settings.find((each) => each.key === key)!;
      return kind.form === 'text' && kind.choices;
    };
    expect(choicesOf('framework')).toEqual(frameworkIds);
    expect(choicesOf('suite')).toEqual(suites);
  });
});

describe('a default', () => {
  // Another one that makes sense, for each kind.
  const another = ({ kind, default: usual = '' }: OptionRow): string => {
    if (kind.form === 'text' && kind.choices) {
      return kind.choices.find((choice) => choice !== usual)!;
    }
    if (usual.includes('/')) return 'Europe/Berlin';
    if (usual === 'max') return '10x';
    return usual.replace(/^\d+/, (digits) => {
      if (digits !== '1') return String(Number(digits) - 1);
      return /[a-z]$/.test(usual) ? '2' : '0';
    });
  };
  const defaults = options.filter(
    ({ row, path }) => row.default !== undefined && !/concurrency/.test(row.flags + path),
  );

  test.each(defaults)(
    'of $attribute of $path stands in one place',
    async ({ path, attribute, row }) => {
      const { key } = row;
      const usual = row.default!;
      const changed = another(row);
      const words = path.split(' ');
      const helpOf = async () => (await run([...words, '--help'], { columns: 400 })).out;
      const lineOf = (text: string) =>
        text.split('\n').find((line) => line.includes(` ${flagOf(row)} `)) ?? '';
      /** What the command gets when nothing is said. */
      const given = async () => {
        let value: unknown;
        const body = commandBody({
          options: { 'Options:': { [attribute]: row } },
          examples: [],
          run: async ({ options: read }) => {
            value = (read as Record<string, unknown>)[attribute];
            return 0;
          },
        });
        const parsed = await parseCommandLine(
          ['probe', '--no-config'],
          [{ name: 'probe', summary: 'probe', load: async () => body }],
          host,
        );
        if (parsed.kind === 'run') await parsed.run();
        return value;
      };
      const parse = (text: string) => {
        if (row.kind.form !== 'text') throw new Error('only a text has a default');
        return row.kind.parse(flagOf(row), text);
      };
      const seen = (value: unknown) => (typeof value === 'function' ? value(0) : value);
      expect(lineOf(await helpOf())).toContain(`default: ${usual}`);
      expect(seen(await given())).toEqual(seen(parse(usual)));
      const open = row as { default: string };
      try {
        open.default = changed;
        expect(lineOf(await helpOf())).toContain(`default: ${changed}`);
        expect(seen(await given())).toEqual(seen(parse(changed)));
        if (key === undefined) return;
        const setting = { ...row, key };
        expect(String(defaultOf(setting))).toBe(changed);
        expect(JSON.stringify(settingsSchema([setting]))).toContain(
          `"default":${JSON.stringify(defaultOf(setting))}`,
        );
      } finally {
        open.default = usual;
      }
    },
  );

  test('is written nowhere else: no command fills in what was not said', async () => {
    // Every option with a default reaches its command with a value.
    for (const { attribute, row } of defaults) {
      expect(row.kind.form === 'text' && row.kind.parse(attribute, row.default!)).toBeDefined();
    }
  });
});

describe('a range', () => {
  const bounded = settings.flatMap((setting) => {
    const { kind } = setting;
    if (kind.form !== 'text' || kind.schema.maximum === undefined) return [];
    const { path } = options.find(({ row }) => row.key === setting.key)!;
    return [[flagOf(setting), path, Number(kind.schema.maximum)] as const];
  });

  test.each(bounded)('of %s ends where the schema says', async (flag, path, most) => {
    const needed =
      flag.startsWith('--forward') || flag === '--attempts' ? ['--forward-to', ':1'] : [];
    // What is looked at last is wrong, so that nothing starts.
    const words = [...path.split(' '), ...needed, '--tls-cert', 'x.pem'];
    const within = await run([...words, flag, String(most)]);
    expect(within.err).toContain('--tls-cert and --tls-key require each other');
    const beyond = await run([...words, flag, String(most + 1)]);
    expect(beyond.err).toContain(`${flag} cannot be "${most + 1}"`);
  });
});

describe('the schema', () => {
  const schema = settingsSchema();
  const checked = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (file: unknown) => checked.safeParse(file).success;

  test('is the file that the package ships', async () => {
    const shipped = readFileSync(new URL('../../config.schema.json', import.meta.url), 'utf8');
    expect((await run(['config', '--schema'])).out).toBe(shipped);
  });

  test.each(settings.map((setting) => [setting.key, exampleOf(setting)] as const))(
    'takes the example of %s, and so does the reader: %s',
    async (key, example) => {
      const file = { [key]: JSON.parse(example) as unknown };
      expect(accepts(file)).toBe(true);
      expect(accepts({ profiles: { staging: file } })).toBe(true);
      const { exit, err } = await run(['config'], { cwd: project(file) });
      expect({ exit, err }).toEqual({ exit: 0, err: '' });
    },
  );

  test.each([
    [{ port: '4400' }],
    [{ port: 65_536 }],
    [{ prot: 4400 }],
    [{ keepFor: 30 }],
    [{ keepFor: 'a month' }],
    [{ auth: 'netcore:secret' }],
    [{ auth: { env: 'SHOP AUTH' } }],
    [{ auth: { env: 'SHOP_AUTH', or: 'netcore' } }],
    [{ suite: 'huge' }],
    [{ forwardChannel: 'email' }],
    [{ ordered: 'yes' }],
    [{ ordered: { env: 'ORDERED' } }],
    [{ unprotected: true }],
    [{ profiles: { staging: { profiles: {} } } }],
    [{ profiles: { 'a b': {} } }],
    [{ profiles: [] }],
    [[]],
  ])('refuses what the reader refuses: %j', async (file) => {
    expect(accepts(file)).toBe(false);
    expect((await run(['config'], { cwd: project(file) })).exit).toBe(2);
  });
});
