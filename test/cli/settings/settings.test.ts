import { readFileSync } from 'node:fs';
import { Command, type Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { settingsSchema } from '../../../src/cli/settings/schema.js';
import { exampleOf, settings, typedOnly } from '../../../src/cli/settings/settings.js';
import { commands } from '../../../src/commands/list.js';
import { project } from '../../helpers/project.js';
import { run } from '../../helpers/run.js';

/** The options of a command, by their flags. */
function optionsOf(name: string): Map<string, Option> {
  const command = new Command();
  commands.find((each) => each.name === name.split(' ')[0])!.define(command);
  return new Map(command.options.map((option) => [option.long!, option]));
}

const pairs = settings
  .filter(({ key }) => key !== 'store')
  .flatMap((setting) => setting.commands.map((command) => [setting.key, command, setting] as const))
  // Its URL is a word.
  .filter(([key, command]) => key !== 'to' || command !== 'test-endpoint');

describe('a setting of the project file', () => {
  test.each(pairs)('%s is an option of %s with the same default', (_, command, setting) => {
    const option = optionsOf(command).get(setting.flag)!;
    expect(option).toBeDefined();
    const { kind, standard, variable } = setting;
    expect(option.required).toBe(kind.form !== 'switch');
    const [, said] = /\(default: ([^;)]+)/.exec(option.description) ?? [];
    const known = option.defaultValue ?? said;
    if (kind.form !== 'switch' && known !== undefined && setting.key !== 'to') {
      expect(String(standard)).toBe(known);
    }
    if (option.argChoices) {
      expect(kind.form === 'text' && kind.schema.enum).toEqual(option.argChoices);
    }
    const [, named] = /also (NETCORE_HOOK_\w+)/.exec(option.description) ?? [];
    expect(variable).toBe(named);
  });

  test('has a key of its own, and is none of those that are only typed', () => {
    const keys = settings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => key in typedOnly)).toEqual([]);
  });

  test('is named by every variable that an option names', () => {
    const named = commands
      .flatMap(({ name }) => [...optionsOf(name).values()])
      .flatMap(({ description }) => description.match(/NETCORE_HOOK_\w+/g) ?? []);
    const known = settings.map(({ variable }) => variable);
    expect(named.filter((name) => !known.includes(name as never))).toEqual([]);
  });
});

describe('a range', () => {
  const bounded = settings.flatMap(({ key, flag, kind, commands: [command = ''] }) => {
    if (kind.form !== 'text' || kind.schema.maximum === undefined) return [];
    return [[key, flag, command, Number(kind.schema.maximum)] as const];
  });

  test.each(bounded)('of %s ends where that of %s does', async (_, flag, command, most) => {
    const needed = flag.startsWith('--keep') || flag === '--port' ? [] : ['--forward-to', ':1'];
    // The last of the options that are looked at is wrong, so that nothing starts.
    const words = [...command.split(' '), ...needed, '--tls-cert', 'x.pem'];
    const within = await run([...words, flag, String(most)]);
    expect(within.err).toContain('--tls-cert and --tls-key go together');
    const beyond = await run([...words, flag, String(most + 1)]);
    expect(beyond.err).toContain(`${flag} cannot be "${most + 1}"`);
  });
});

describe('the schema', () => {
  const schema = settingsSchema();
  const checked = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (file: unknown) => checked.safeParse(file).success;

  test('is the file that the package ships', async () => {
    const shipped = readFileSync(new URL('../../../config.schema.json', import.meta.url), 'utf8');
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
    [{ forwardChannel: ['emial'] }],
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
