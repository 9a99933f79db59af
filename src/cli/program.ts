import { Argument, Command, CommanderError, Option } from 'commander';
import type { Host } from '../host.js';
import { jsonLine } from '../output/json-line.js';
import { exitCodes } from '../problems/exit-codes.js';
import { Problem, problem } from '../problems/problem.js';
import { readVersion } from '../version.js';
import type { CommandBody, CommandDefinition } from './command.js';
import type { CommandNode, CommandTree } from './command-tree.js';
import { commandHint, listenHint, optionHint } from './foreign-words.js';
import { arrangeHelp, exampleText, exitCodeText } from './help.js';
import { config, profile, store } from './options/everywhere.js';
import { capitalized, commanderOption, flagOf, rowsOf } from './options/option.js';
import { withoutUserinfo } from './options/values.js';
import { readInput } from './read-input.js';

const programName = 'netcore-hook';

const firstSteps = {
  examples: [
    { line: 'netcore-hook listen', description: 'receive calls on this machine' },
    {
      line: 'netcore-hook send -c email',
      description: 'from another terminal: send a sample call',
    },
    { line: 'netcore-hook history show last', description: 'show the newest call in full' },
    { line: 'netcore-hook <command> --help', description: 'options and examples of a command' },
  ],
};

/** A parsed command line: a command to run, or finished output (help). */
export type Parsed =
  | { readonly kind: 'run'; readonly run: () => Promise<number> }
  | { readonly kind: 'said' };

/** Parses a command line. Writes help to the host's stdout; throws a Problem for usage errors. */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly CommandDefinition[],
  host: Host,
): Promise<Parsed> {
  let parsed: Parsed = { kind: 'said' };
  let helped: Command | undefined;
  const words = helpAsOption(argv);
  const program = buildProgram(words, host, commands, (body, command) => {
    parsed = { kind: 'run', run: () => runCommand(body, command, { program, host, commands }) };
  });
  program.addHelpText('beforeAll', ({ command }) => {
    helped = command;
    return '';
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    // Usage errors were thrown as problems; the rest is help and version.
    if (!(error instanceof CommanderError)) throw await withOwner(error, words, commands);
  }
  if (helped && program.opts().json === true) {
    const { helpNotice } = await import('./help-json.js');
    const notice = helpNotice(await commandTree(commands, host), pathOf(helped));
    host.stdout.write(jsonLine(notice));
  }
  return parsed;
}

/** The words of a command behind the program's name; undefined for the program. */
function pathOf(command: Command): string | undefined {
  const parent = command.parent;
  if (!parent) return undefined;
  const before = pathOf(parent);
  if (command.name() === aloneName) return before;
  return before === undefined ? command.name() : `${before} ${command.name()}`;
}

/** Supports `help send`, as in git and npm, as `send --help`. Shared options may precede it. */
function helpAsOption(argv: readonly string[]): readonly string[] {
  const at = commandIndex(argv);
  return argv[at] === 'help' ? [...argv.toSpliced(at, 1), '--help'] : argv;
}

/** The index of the command's name, after shared options; -1 without one. */
function commandIndex(argv: readonly string[]): number {
  const valued = [store, profile, config].map(flagOf);
  return argv.findIndex((word, index) => {
    return !word.startsWith('-') && !valued.includes(argv[index - 1] ?? '');
  });
}

/**
 * Adds to an unknown option's problem what this command has instead, or which verb of the same command
 * takes it.
 */
async function withOwner(
  error: unknown,
  words: readonly string[],
  commands: readonly CommandDefinition[],
): Promise<unknown> {
  if (!(error instanceof Problem) || error.code !== 'unknown_option') return error;
  const flag = /--?[a-z-]+/.exec(error.message)?.[0];
  const at = commandIndex(words);
  const definition = commands.find(({ name }) => name === words[at]);
  if (!definition) return error;
  const named = definition.verbs?.find(({ name }) => name === words[at + 1]) ?? definition;
  const flags = rowsOf((await named.load()).options).map(([, row]) => flagOf(row));
  const meant = flag === undefined ? undefined : optionHint(flag, flags);
  if (meant) return problem('unknown_option', { message: error.message, hint: meant });
  if (!definition.verbs) return error;
  const takers: string[] = [];
  for (const { name, load } of definition.verbs) {
    const rows = rowsOf((await load()).options);
    if (rows.some(([, row]) => row.flags.split(/[ ,]+/).includes(String(flag)))) takers.push(name);
  }
  if (takers.length === 0) return error;
  const verb = definition.verbs.find(({ name }) => name === words[at + 1])?.name;
  const path = verb === undefined ? definition.name : `${definition.name} ${verb}`;
  const later = verb === undefined ? takers.find((name) => words.includes(name, at)) : undefined;
  return problem('unknown_option', {
    message: `${path} takes no ${flag}.`,
    hint:
      later === undefined
        ? `It belongs to ${definition.name} ${takers.join(', ')}.`
        : `Put the verb first: netcore-hook ${definition.name} ${later}`,
  });
}

type Chosen = (body: CommandBody, command: Command) => void;

/** The whole command tree, for inspection only. */
export async function commandTree(
  commands: readonly CommandDefinition[],
  host: Host,
): Promise<CommandTree> {
  const program = buildProgram([], host, commands, () => {});
  const nodesOf = (
    parent: Command,
    definitions: readonly CommandDefinition[],
    before: string,
  ): Promise<CommandNode[]> =>
    Promise.all(
      definitions.map(async (definition) => {
        const path = `${before}${definition.name}`;
        const command = childOf(parent, definition.name);
        const body = await definition.load();
        const taking = definition.verbs ? childOf(command, aloneName) : command;
        addOptions(taking, body);
        const verbs = await nodesOf(command, definition.verbs ?? [], `${path} `);
        return { path, command, taking, definition, body, verbs };
      }),
    );
  return { program, nodes: await nodesOf(program, commands, '') };
}

function childOf(parent: Command, name: string): Command {
  const found = parent.commands.find((each) => each.name() === name);
  if (!found) throw new Error(`There is no command ${name}.`);
  return found;
}

/** The hidden verb for a command with verbs that is used without one. */
const aloneName = '(alone)';

function buildProgram(
  argv: readonly string[],
  host: Host,
  commands: readonly CommandDefinition[],
  chosen: Chosen,
): Command {
  const columns = host.stdout.columns ?? 100;
  // With --json, the notice replaces the text.
  const writeHelp = (text: string) => {
    if (program.opts().json !== true) host.stdout.write(text);
  };
  const program: Command = new Command(programName)
    .description('Capture, simulate, replay, decode and test Netcore CE webhooks.')
    .usage('<command> [options]')
    .exitOverride(failAs(programName, argv))
    .configureOutput({
      writeOut: writeHelp,
      writeErr: writeHelp,
      // Usage errors are thrown as problems, and main prints them once.
      outputError: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand(false)
    .option('--json', 'print one JSON object per line; with --help, the help')
    .option('-q, --quiet', 'print only results and errors')
    .option('-v, --verbose', 'print more detail')
    .option('--no-color', 'disable colour (also NO_COLOR)')
    .addOption(commanderOption(store))
    .addOption(commanderOption(profile))
    .addOption(commanderOption(config))
    .option('--no-config', 'ignore the project file and your own settings')
    .addOption(new Option('-V, --version', 'print the version'))
    .on('option:version', () => {
      host.stdout.write(`${readVersion()}\n`);
      throw new CommanderError(exitCodes.done.code, 'commander.version', '');
    })
    .addHelpText(
      'after',
      () => `\n${exampleText(firstSteps, columns, 'First steps:')}\n${exitCodeText(columns)}`,
    );
  arrangeHelp(program);
  addCommands(program, commands, '', { argv, columns, chosen });
  return program;
}

interface Building {
  readonly argv: readonly string[];
  readonly columns: number;
  readonly chosen: Chosen;
}

/** Adds commands, or verbs below the words `before`. Options are added when the command is used. */
function addCommands(
  parent: Command,
  definitions: readonly CommandDefinition[],
  before: string,
  building: Building,
): void {
  for (const definition of definitions) {
    const path = `${before}${definition.name}`;
    const command = addCommand(parent, definition.name, definition, path, building);
    if (!definition.verbs) continue;
    command.usage('[verb] [options]');
    addCommands(command, definition.verbs, `${path} `, building);
    addCommand(command, aloneName, definition, path, building, { hidden: true, isDefault: true });
  }
  parent.hook('preSubcommand', async (_, command) => {
    const definition = definitions.find(({ name }) => name === command.name());
    if (!definition) return;
    const body = await definition.load();
    const taking = definition.verbs ? childOf(command, aloneName) : command;
    addOptions(taking, body);
    taking.action(() => building.chosen(body, taking));
    for (const each of new Set([command, taking])) {
      const { columns } = building;
      each.addHelpText('after', () => `\n${exampleText(body, columns)}\n${exitCodeText(columns)}`);
    }
  });
}

function addCommand(
  parent: Command,
  name: string,
  { summary, alone }: CommandDefinition,
  path: string,
  { argv }: Building,
  options = {},
): Command {
  const sentence = `${capitalized(summary)}.`;
  return parent
    .command(name, options)
    .summary(summary)
    .description(alone === undefined ? sentence : `${sentence} ${alone}`)
    .helpCommand(false)
    .helpOption('-h, --help', 'show help')
    .exitOverride(failAs(`${programName} ${path}`, argv));
}

function addOptions(command: Command, body: CommandBody): void {
  for (const { name, description } of body.arguments ?? []) {
    command.addArgument(new Argument(name, description));
  }
  if (body.anyWords) command.allowExcessArguments();
  for (const [heading, rows] of Object.entries(body.options)) {
    command.optionsGroup(heading);
    for (const row of Object.values(rows)) command.addOption(commanderOption(row));
  }
}

interface Run {
  readonly program: Command;
  readonly host: Host;
  readonly commands: readonly CommandDefinition[];
}

async function runCommand(
  body: CommandBody,
  command: Command,
  { program, host, commands }: Run,
): Promise<number> {
  const { input, context, blame } = await readInput(body, command, program, host);
  try {
    return await body.run(input, context, commands);
  } catch (error) {
    throw blame(error);
  }
}

const failAs = (name: string, argv: readonly string[]) => (error: CommanderError) => {
  // commander treats help for a missing command as a failure.
  if (error.exitCode === 0 || error.code === 'commander.help') throw error;
  throw usageProblem(error, name, argv);
};

/**
 * Converts commander's message, whose second line may hold a suggestion. `name` is the program or
 * command whose help to refer to.
 */
function usageProblem(error: CommanderError, name: string, argv: readonly string[]): Problem {
  const [first = '', suggestion] = error.message.split('\n');
  const sentence = withoutSecrets(first.replace(/^error: /, '').replace(/\.$/, ''), argv);
  const hint = suggestion?.replace(/^\(|\)$/g, '') ?? `Try: ${name} --help`;
  const message = `${capitalized(sentence)}.`;
  switch (error.code) {
    case 'commander.unknownCommand': {
      const typed = /'(.*)'/.exec(first)?.[1] ?? '';
      return problem('unknown_command', { message, hint: commandHint(typed) ?? hint });
    }
    case 'commander.excessArguments': {
      const typed = argv[argv.indexOf('listen') + 1] ?? '';
      const meant = name.endsWith(' listen') ? listenHint(withoutUserinfo(typed)) : undefined;
      return problem('usage', { message, hint: meant ?? hint });
    }
    case 'commander.unknownOption':
      return problem('unknown_option', { message, hint });
    default:
      return problem('usage', { message, hint });
  }
}

/** Removes secrets of repeated words from a message: passwords in URLs, values of options. */
function withoutSecrets(message: string, argv: readonly string[]): string {
  return argv.reduce((text, word) => {
    const [, option, value = ''] = /^(?:(-[^=]*)=)?(.*)$/s.exec(word) ?? [];
    const cut = option === undefined ? text : text.replace(word, () => option);
    return value.includes(':') ? cut.replace(value, () => withoutUserinfo(value)) : cut;
  }, message);
}
