import type { Argument, Option } from 'commander';
import { exitCodes } from '../problems/exit-codes.js';
import { readVersion } from '../version.js';
import type { CommandNode, CommandTree } from './command-tree.js';
import { isOnByDefault, rowOf } from './options/option.js';
import { variables } from './options/settings.js';

/** The help of the program or of one command, for programs. Members that do not apply are missing. */
export interface HelpNotice {
  readonly type: 'help';
  readonly version: string;
  /** The command that was asked for, like `history list`; null: the program. */
  readonly command: string | null;
  readonly description: string;
  /** Every command with its verbs, or only the one that was asked for. */
  readonly commands: readonly HelpCommand[];
  /** The options of every command. */
  readonly options: readonly HelpOption[];
  /** Every environment variable that is read. */
  readonly variables: readonly string[];
  readonly exitCodes: readonly { readonly code: number; readonly meaning: string }[];
}

interface HelpCommand {
  /** Its words behind `netcore-hook`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly HelpArgument[];
  readonly options: readonly HelpOption[];
  readonly examples: readonly { readonly line: string; readonly description: string }[];
  readonly verbs: readonly HelpCommand[];
}

interface HelpArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Takes all further words. */
  readonly variadic: boolean;
}

interface HelpOption {
  /** As in the help: `-c, --channel <channels>`. */
  readonly flags: string;
  readonly long?: string | undefined;
  readonly short?: string | undefined;
  readonly description: string;
  /** Its heading in the help. */
  readonly group?: string | undefined;
  /** Missing for a switch. */
  readonly value?: HelpValue | undefined;
  /** As on the command line; for a switch, whether it is on. */
  readonly default?: string | boolean | undefined;
  /** Describes a default that depends on something. */
  readonly defaultNote?: string | undefined;
  readonly variable?: string | undefined;
  /** Its key in the project file. */
  readonly key?: string | undefined;
}

interface HelpValue {
  /** Its placeholder in `flags`. */
  readonly name: string;
  readonly required: boolean;
  /** The option may be given several times. */
  readonly repeatable: boolean;
  /** Between several values in one word. */
  readonly separator?: ',' | undefined;
  /** All possible values. */
  readonly choices?: readonly string[] | undefined;
}

/** `path`: the command that was asked for; the program when undefined. */
export function helpNotice({ program, nodes }: CommandTree, path?: string): HelpNotice {
  const help = program.createHelp();
  const all = nodes.flatMap((node) => [node, ...node.verbs]);
  const asked = all.find((node) => node.path === path);
  return {
    type: 'help',
    version: readVersion(),
    command: asked?.path ?? null,
    description: asked?.command.description() ?? program.description(),
    commands: (asked ? [asked] : nodes).map(commandOf),
    options: help.visibleOptions(program).map(optionOf),
    variables,
    exitCodes: Object.values(exitCodes).map(({ code, meaning }) => ({ code, meaning })),
  };
}

function commandOf({ path, command, taking, definition, body, verbs }: CommandNode): HelpCommand {
  const help = command.createHelp();
  return {
    path,
    summary: definition.summary,
    description: command.description(),
    usage: help.commandUsage(command),
    arguments: taking.registeredArguments.map(argumentOf),
    options: taking.options.map(optionOf),
    examples: body.examples,
    verbs: verbs.map(commandOf),
  };
}

function argumentOf(argument: Argument): HelpArgument {
  const { description, required, variadic } = argument;
  return { name: argument.name(), description, required, variadic };
}

function optionOf(option: Option): HelpOption {
  const { flags, long, short, helpGroupHeading: heading } = option;
  const row = rowOf(option);
  const isSwitch = !option.required && !option.optional;
  return {
    ...{ flags, long, short },
    description: row?.description ?? option.description,
    group: heading?.replace(/:$/, ''),
    value: isSwitch ? undefined : optionValue(option),
    default: row?.default ?? (row?.kind.form === 'switch' ? isOnByDefault(row) : undefined),
    ...{ defaultNote: row?.defaultNote, variable: row?.variable, key: row?.key },
  };
}

function optionValue(option: Option): HelpValue {
  const kind = rowOf(option)?.kind;
  const item = kind?.form === 'list' || kind?.form === 'bare' ? kind.item : kind;
  return {
    name: /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? '',
    required: option.required,
    repeatable: kind?.form === 'list',
    separator: kind?.form === 'list' && kind.commas ? ',' : undefined,
    choices: item?.form === 'text' ? item.choices : undefined,
  };
}
