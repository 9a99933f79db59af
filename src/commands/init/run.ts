import { resolve } from 'node:path';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import { type initOptions, type StarterId, starterIds } from '../../cli/options/starting.js';
import { askChoice, canAsk } from '../../cli/prompts.js';
import { reporter } from '../../cli/reporter.js';
import { visible } from '../../output/safe.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { starters } from './starters.js';
import { createInitView, type InitNotice } from './view.js';
import { writeStarter } from './write-starter.js';

type InitInput = CommandInput<OptionValues<typeof initOptions>>;

const defaultFolder = 'netcore-receiver';

/** Writes a receiver into a new folder, or lists the frameworks. */
export async function runInit(
  { words, options }: InitInput,
  context: CommandContext,
): Promise<number> {
  const [typed, folder = defaultFolder] = words;
  const emit = reporter<InitNotice>(context, await createInitView(context));
  if (options.list) {
    if (typed !== undefined) {
      throw problem('usage', {
        message: `--list shows every framework, and "${typed}" has no effect.`,
        hint: 'Try: netcore-hook init --list',
      });
    }
    for (const framework of starterIds) {
      const { name, ranWith } = starters[framework];
      emit({ type: 'starter', framework, name, ran_with: ranWith });
    }
    return exitCodes.done.code;
  }
  const framework =
    typed === undefined ? await askFramework(folder, context) : readFramework(typed);
  const { name, parts, install, start } = starters[framework];
  const files = await writeStarter(parts, resolve(context.host.cwd, folder));
  emit({ type: 'created', framework, name, folder, files, install, start });
  return exitCodes.done.code;
}

async function askFramework(folder: string, context: CommandContext): Promise<StarterId> {
  if (!canAsk(context)) {
    throw problem('usage', {
      message: 'init requires the name of a framework.',
      hint: `Try: netcore-hook init express. The frameworks are ${list(starterIds)}.`,
    });
  }
  const choices = starterIds.map((value) => ({ value, name: starters[value].name }));
  const message = `Which receiver should ${visible(folder)} hold?`;
  return askChoice({ message, choices }, context);
}

function readFramework(typed: string): StarterId {
  const found = starterIds.find((id) => id === typed.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(typed, starterIds);
  throw problem('usage', {
    message: `There is no receiver for "${typed}".`,
    hint:
      near === undefined
        ? `The frameworks are ${list(starterIds)}.`
        : `Did you mean ${near}? List them with: netcore-hook init --list`,
  });
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(words);
}
