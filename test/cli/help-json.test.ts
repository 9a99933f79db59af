import { readFileSync } from 'node:fs';
import type { Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { flagOf, rowOf, rowsOf } from '../../src/cli/options/option.js';
import { settings } from '../../src/cli/options/settings.js';
import { commandTree } from '../../src/cli/program.js';
import { commands } from '../../src/commands/list.js';
import { packageRoot } from '../../src/package-root.js';
import { exitCodes } from '../../src/problems/exit-codes.js';
import { run, start } from '../helpers/run.js';

interface Value {
  readonly name: string;
  readonly required: boolean;
  readonly repeatable: boolean;
  readonly choices?: readonly string[];
}
interface HelpOption {
  readonly flags: string;
  readonly long?: string;
  readonly short?: string;
  readonly value?: Value;
  readonly default?: string | boolean;
  readonly variable?: string;
  readonly key?: string;
}
interface HelpCommand {
  readonly path: string;
  readonly arguments: readonly { name: string; required: boolean; variadic: boolean }[];
  readonly options: readonly HelpOption[];
  readonly examples: readonly { line: string }[];
  readonly verbs: readonly HelpCommand[];
}
interface Help {
  readonly command: string | null;
  readonly commands: readonly HelpCommand[];
  readonly options: readonly HelpOption[];
  readonly exitCodes: readonly unknown[];
  readonly variables: readonly string[];
}

async function helpOf(...words: string[]): Promise<Help> {
  const { exit, out, err } = await run(words);
  expect({ exit, err, lines: out.split('\n').length }).toEqual({ exit: 0, err: '', lines: 2 });
  return JSON.parse(out);
}

const { program, nodes } = await commandTree(commands, start(['--version']).host);
const all = nodes.flatMap((node) => [node, ...node.verbs]);
const help = await helpOf('--help', '--json');
const helped = help.commands.flatMap((command) => [command, ...command.verbs]);

/** What commander knows of an option, in the shape of the help. */
function known(option: Option) {
  const isSwitch = !option.required && !option.optional;
  return {
    ...{ flags: option.flags, long: option.long, short: option.short },
    takes: isSwitch ? undefined : option.required ? 'a value' : 'perhaps a value',
    parses: option.parseArg !== undefined,
  };
}

function said({ flags, long, short, value }: HelpOption) {
  const takes = value && (value.required ? 'a value' : 'perhaps a value');
  return { ...{ flags, long, short, takes }, parses: value?.repeatable === true };
}

describe('the help as JSON', () => {
  test('has schema and type first, and every command in the order of the help', async () => {
    const { out } = await run(['--help', '--json']);
    expect(out).toMatch(/^\{"schema":1,"type":"help","version":"/);
    expect(helped.map(({ path }) => path)).toEqual(all.map(({ path }) => path));
  });

  test.each(all)('has each option and argument of $path', ({ path, taking, body }) => {
    const command = helped.find((each) => each.path === path)!;
    expect(command.options.map(said)).toEqual(taking.options.map(known));
    expect(command.arguments).toEqual(
      taking.registeredArguments.map((each) => ({
        ...{ name: each.name(), description: each.description },
        ...{ required: each.required, variadic: each.variadic },
      })),
    );
    expect(command.examples).toEqual(body.examples);
    for (const [, row] of rowsOf(body.options)) {
      const option = command.options.find(({ long }) => long === flagOf(row));
      expect(option).toMatchObject({
        ...(row.default !== undefined && { default: row.default }),
        ...(row.variable !== undefined && { variable: row.variable }),
        ...(row.key !== undefined && { key: row.key }),
      });
      const choices = row.kind.form === 'text' ? row.kind.choices : undefined;
      if (choices) expect(option?.value?.choices).toEqual(choices);
    }
  });

  test('has the options of every command, the exit codes, the variables and the keys', () => {
    expect(help.options.map(({ long }) => long)).toEqual(
      [...program.options.map(({ long }) => long), '--help'].sort(
        (a, b) => orderOf(a) - orderOf(b),
      ),
    );
    expect(help.exitCodes).toEqual(
      Object.values(exitCodes).map(({ code, meaning }) => ({ code, meaning })),
    );
    const options = [...help.options, ...helped.flatMap((command) => command.options)];
    const keys = new Set(options.flatMap(({ key }) => key ?? []));
    expect([...keys].sort()).toEqual(settings.map(({ key }) => key).sort());
    for (const { variable } of options) {
      if (variable !== undefined) expect(help.variables).toContain(variable);
    }
    expect(program.options.filter((option) => rowOf(option)?.variable).length).toBeGreaterThan(1);
  });

  const orderOf = (long: string | undefined) =>
    help.options.findIndex((each) => each.long === long);

  test.each([
    [['send', '--help', '--json'], 'send'],
    [['help', 'send', '--json'], 'send'],
    [['--json', 'help', 'send'], 'send'],
    [['history', '--json', '-h'], 'history'],
    [['help', 'history', 'list', '--json'], 'history list'],
    [['history', 'list', '--help', '--json'], 'history list'],
    [['queue', 'retry', '--help', '--json'], 'queue retry'],
  ])('of %j is that command alone', async (words, path) => {
    const { command, commands: shown, exitCodes: codes } = await helpOf(...words);
    expect(command).toBe(path);
    expect(shown).toEqual([helped.find((each) => each.path === path)]);
    expect(codes).toEqual(help.exitCodes);
  });

  test.each([['--json'], ['help', '--json']])(
    'of the program is shown for %s, too',
    async (...words) => {
      expect(await helpOf(...words)).toEqual(help);
    },
  );

  test('is documented with each member', () => {
    const text = readFileSync(new URL('docs/programs.md', packageRoot), 'utf8');
    const documented = [...text.matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, name]) => name);
    const members = new Set<string>();
    const collect = (value: unknown, path: string) => {
      if (Array.isArray(value)) {
        for (const item of value) collect(item, `${path}[]`);
      } else if (typeof value === 'object' && value !== null) {
        for (const [key, item] of Object.entries(value)) {
          // Verbs are commands, and shared options are options.
          const name = (path === '' ? key : `${path}.${key}`)
            .replace(/^commands\[\]\.verbs\[\]\./, 'commands[].')
            .replace(/^commands\[\]\.options\[\]\./, 'options[].');
          members.add(name);
          collect(item, name);
        }
      }
    };
    collect(help, '');
    expect(documented.sort()).toEqual([...members].sort());
  });
});
