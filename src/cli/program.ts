import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { Host } from '../host.js';
import { exitCodes } from '../problems/exit-codes.js';
import { type Problem, problem } from '../problems/problem.js';
import { readVersion } from '../version.js';
import type { CommandContext, CommandDefinition, GivenPlaces } from './command.js';
import { arrangeHelp, exampleText, exitCodeText } from './help.js';
import { profileName, withoutUserinfo } from './option-values.js';
import { environmentPresets, readSetting } from './setting.js';
import type { Applied } from './settings/apply-project-file.js';
import { findProjectFile } from './settings/find-project-file.js';

const programName = 'netcore-hook';

const firstSteps = {
  examples: [
    { line: 'netcore-hook listen', says: 'receive calls on this machine' },
    { line: 'netcore-hook send -c email', says: 'from another terminal: send it one' },
    { line: 'netcore-hook history show last', says: 'what came, whole' },
    { line: 'netcore-hook <command> --help', says: 'what each command takes, and examples' },
  ],
};

/** A command line, understood: the command to run, or what commander already said (help). */
export type Parsed =
  | { readonly kind: 'run'; readonly run: () => Promise<number> }
  | { readonly kind: 'said' };

/**
 * Understands a command line. Help goes to the host's stdout; what cannot be understood is thrown
 * as a Problem.
 */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly CommandDefinition[],
  host: Host,
): Promise<Parsed> {
  let parsed: Parsed = { kind: 'said' };
  // `help send` is what people try who know git or npm.
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
  const program = buildProgram(words, host, commands, (definition, command) => {
    parsed = {
      kind: 'run',
      run: async () => {
        const { context, blame } = await readContext(program, command, host);
        const input = { words: command.args, options: command.opts() };
        return definition.run(input, context, commands).catch((error: unknown) => {
          throw blame(error);
        });
      },
    };
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    // What is wrong was thrown as a problem; what is left is help and version.
    if (!(error instanceof CommanderError)) throw error;
  }
  return parsed;
}

type Chosen = (definition: CommandDefinition, command: Command) => void;

/** The whole command tree, for those who look at it and run nothing. */
export function commandTree(commands: readonly CommandDefinition[], host: Host): Command {
  return buildProgram([], host, commands, () => {});
}

function buildProgram(
  argv: readonly string[],
  host: Host,
  commands: readonly CommandDefinition[],
  chosen: Chosen,
): Command {
  const failAs = (name: string) => (error: CommanderError) => {
    // Without a command commander shows the help, and calls that a failure.
    if (error.exitCode === 0 || error.code === 'commander.help') throw error;
    throw usageProblem(error, name, argv);
  };
  const columns = host.stdout.columns ?? 100;
  const program = new Command(programName)
    .description('See, fake, repeat, decode and prove Netcore CE webhooks.')
    .usage('<command> [options]')
    .exitOverride(failAs(programName))
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stdout.write(text),
      // Usage failures are thrown as problems and printed once, by main.
      outputError: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand(false)
    .option('--json', 'one JSON object a line on stdout')
    .option('-q, --quiet', 'only what was asked for, and problems')
    .option('-v, --verbose', 'more detail')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .option('--store <folder>', 'where captures are kept (also NETCORE_HOOK_STORE)')
    .option(
      '--profile <name>',
      'which profile, with a store of its own (also NETCORE_HOOK_PROFILE)',
    )
    .option(
      '--config <file>',
      'the project file (default: netcore-hook.config.json here or above; also NETCORE_HOOK_CONFIG)',
    )
    .option('--no-config', 'without a project file')
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
  for (const definition of commands) {
    const command = program
      .command(definition.name)
      .summary(definition.summary)
      .description(`${definition.summary.charAt(0).toUpperCase()}${definition.summary.slice(1)}.`)
      .helpOption('-h, --help', 'show help')
      .exitOverride(failAs(`${programName} ${definition.name}`))
      .addHelpText(
        'after',
        () => `\n${exampleText(definition, columns)}\n${exitCodeText(columns)}`,
      );
    definition.define(command);
    command.action(() => chosen(definition, command));
  }
  return program;
}

/** What every command is given. Sets what the project file says and nobody typed on the command. */
async function readContext(
  program: Command,
  command: Command,
  host: Host,
): Promise<{ readonly context: CommandContext; readonly blame: Applied['blame'] }> {
  const typed = program.opts();
  const given = givenPlaces(typed, host);
  const { config, profile } = given;
  const projectFile =
    config === undefined
      ? findProjectFile(host)
      : config === 'none'
        ? undefined
        : resolve(host.cwd, config.value);
  const { presets, blame }: Applied =
    projectFile === undefined
      ? { presets: environmentPresets(host.env), blame: (error) => error }
      : (await import('./settings/apply-project-file.js')).applyProjectFile(
          projectFile,
          command,
          profile,
          host.env,
        );
  const context: CommandContext = {
    host,
    presets,
    global: {
      json: typed.json === true,
      quiet: typed.quiet === true,
      verbose: typed.verbose === true || Boolean(host.env.NETCORE_HOOK_DEBUG),
      color: typed.color !== false,
      store: (given.store ?? presets('NETCORE_HOOK_STORE')[0])?.value,
      profile: profile?.value ?? 'default',
      given,
      projectFile,
    },
  };
  return { context, blame };
}

function givenPlaces(typed: ReturnType<Command['opts']>, { env }: Host): GivenPlaces {
  const presets = environmentPresets(env);
  const profile = readSetting('--profile', typed.profile, 'NETCORE_HOOK_PROFILE', presets);
  if (profile) profileName(profile.name, profile.value);
  return {
    profile,
    store: readSetting('--store', typed.store, 'NETCORE_HOOK_STORE', presets),
    config:
      typed.config === false
        ? 'none'
        : readSetting('--config', typed.config, 'NETCORE_HOOK_CONFIG', presets),
  };
}

/**
 * commander says what is wrong in its message, and a suggestion, when it has one, below it. `name`
 * is the program, or the command, whose help says more.
 */
function usageProblem(error: CommanderError, name: string, argv: readonly string[]): Problem {
  const [first = '', suggestion] = error.message.split('\n');
  const sentence = withoutSecrets(first.replace(/^error: /, '').replace(/\.$/, ''), argv);
  const hint = suggestion?.replace(/^\(|\)$/g, '') ?? `Try: ${name} --help`;
  const message = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return problem('unknown_command', { message, hint });
    case 'commander.unknownOption':
      return problem('unknown_option', { message, hint });
    default:
      return problem('usage', { message, hint });
  }
}

/** A message without the secrets of the words it repeats: passwords in URLs, values of options. */
function withoutSecrets(message: string, argv: readonly string[]): string {
  return argv.reduce((text, word) => {
    const [, option, value = ''] = /^(?:(-[^=]*)=)?(.*)$/s.exec(word) ?? [];
    const cut = option === undefined ? text : text.replace(word, () => option);
    return value.includes(':') ? cut.replace(value, () => withoutUserinfo(value)) : cut;
  }, message);
}
