import type { Command, Option } from 'commander';
import type { CommandNode } from '../../src/cli/command-tree.js';
import { commandTree } from '../../src/cli/program.js';
import { commands } from '../../src/commands/list.js';
import { processHost } from '../../src/host.js';
import { exitCodes } from '../../src/problems/exit-codes.js';
import { cell, code, table } from './markdown.js';

/** docs/commands.md: all help texts on one page. */
export async function writeCommands(): Promise<string> {
  const { program, nodes } = await commandTree(commands, processHost());
  const help = program.createHelp();
  const all = nodes.flatMap((node) => [node, ...node.verbs]);
  return [
    '# Commands',
    '',
    'Written by `npm run docs` from the list of commands in the code; `netcore-hook <command> --help` says the',
    'same. Options may stand before or after the command, and most can be set for a project:',
    '[the project file](configuration.md). What goes wrong has a code: [problems](problems.md).',
    '',
    ...table(
      ['command', 'what it does'],
      all.map(({ path, definition: { summary } }) => [
        `[${code(path)}](#${path.replace(' ', '-')})`,
        cell(summary),
      ]),
    ),
    ...all.flatMap((node) => {
      const twin = nodes.find(({ path, body }) => path !== node.path && body === node.body);
      return ['', ...(twin ? twinSection(node, twin) : commandSection(node))];
    }),
    '',
    '## Everywhere',
    '',
    'Every command takes these.',
    '',
    ...optionTable(help.visibleOptions(program), program),
    '',
    'Durations are written like `250ms`, `10s`, `5m`, `24h` or `7d`, sizes like `64kb`, `10mb` or as bytes, times as',
    '`2026-11-23T14:00` or as a duration ago. Commas make lists of names (`-c email,sms`), and so does giving the',
    'option again. A URL may leave out scheme and host on this machine: `:3000/hook`.',
    '',
    '## Exit codes',
    '',
    'The same for every command.',
    '',
    ...table(
      ['code', 'meaning'],
      Object.values(exitCodes).map(({ code: number, meaning }) => [String(number), cell(meaning)]),
    ),
    '',
  ].join('\n');
}

/** A verb that is also a command. */
function twinSection({ path }: CommandNode, twin: CommandNode): string[] {
  return [`### ${path}`, '', `The same as [${code(twin.path)}](#${twin.path}).`];
}

function commandSection({ path, command, taking, body, verbs }: CommandNode): string[] {
  const help = command.createHelp();
  const groups = new Map<string, Option[]>();
  for (const option of help.visibleOptions(taking)) {
    const heading = option.helpGroupHeading ?? 'Options:';
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  const parts = help.visibleArguments(taking);
  return [
    `${verbs.length === 0 && path.includes(' ') ? '###' : '##'} ${path}`,
    '',
    command.description(),
    '',
    '```console',
    `$ ${help.commandUsage(command)}`,
    '```',
    ...(parts.length > 0
      ? [
          '',
          ...table(
            ['argument', 'what it is'],
            parts.map((each) => [code(each.name()), cell(help.argumentDescription(each))]),
          ),
        ]
      : []),
    ...[...groups].flatMap(([heading, options]) => [
      '',
      `**${heading.replace(/:$/, '')}**`,
      '',
      ...optionTable(options, command),
    ]),
    '',
    '**Examples**',
    '',
    '```console',
    ...body.examples.flatMap(({ line, description }) => [`# ${description}`, `$ ${line}`]),
    '```',
  ];
}

function optionTable(options: readonly Option[], command: Command): string[] {
  const help = command.createHelp();
  return table(
    ['option', 'what it does'],
    options.map((option) => [code(help.optionTerm(option)), cell(help.optionDescription(option))]),
  );
}
