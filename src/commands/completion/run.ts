import { readFileSync } from 'node:fs';
import type { CommandContext, CommandDefinition, CommandInput } from '../../cli/command.js';
import { commandTree } from '../../cli/program.js';
import { packageRoot } from '../../package-root.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { offersAt } from './offers.js';
import { readPartialLine } from './partial-line.js';
import { type Shell, shellNames, shells } from './shells.js';
import { suggestionLines } from './suggestions.js';

/** Prints a shell's script, or the suggestions that a script requests. */
export async function runCompletion(
  input: CommandInput,
  context: CommandContext,
  commands: readonly CommandDefinition[],
): Promise<number> {
  const { host } = context;
  const [word, ...words] = input.words;
  if (word === 'complete') {
    const line = readPartialLine(await commandTree(commands, host), words);
    host.stdout.write(suggestionLines(await offersAt(line, context), line.current));
    return exitCodes.done.code;
  }
  const shell = readShell(word);
  host.stdout.write(readFileSync(new URL(`dist/completion/${shell}`, packageRoot), 'utf8'));
  if (host.stdout.isTTY && !context.global.quiet) {
    const { line, startupFile } = shells[shell];
    host.stderr.write(
      `\nTo have this in every ${shell}, put a line into ${startupFile}:\n\n  ${line}\n`,
    );
  }
  return exitCodes.done.code;
}

function readShell(word: string | undefined): Shell {
  const known = shellNames.find((shell) => shell === word);
  if (known) return known;
  if (word === undefined) {
    throw problem('usage', {
      message: 'completion requires the name of a shell.',
      hint: `Try: netcore-hook completion ${shellNames[0]}`,
    });
  }
  throw problem('invalid_value', {
    what: 'The shell',
    value: word,
    reason: 'the shell is not supported',
    hint: `Shells: ${shellNames.join(', ')}.`,
  });
}
