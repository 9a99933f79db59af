import type { CommandContext, CommandDefinition, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import { rowsOf } from '../../cli/options/option.js';
import {
  historyListOptions,
  type historyOptions,
  historyShowOptions,
} from '../../cli/options/reading.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { runList } from './list.js';
import { runShow } from './show.js';

type Input = CommandInput<OptionValues<typeof historyOptions>>;

/** `history` without a verb: lists captures, or shows the named one. */
export async function runHistory(
  input: Input,
  context: CommandContext,
  commands: readonly CommandDefinition[],
): Promise<number> {
  const [word, ...more] = input.words;
  if (word === undefined) {
    refuseOf(input, 'list', rowsOf(historyListOptions));
    return runList(input, context);
  }
  const verbs = commands.find(({ name }) => name === 'history')?.verbs ?? [];
  const names = verbs.map(({ name }) => name);
  if (names.includes(word)) {
    throw problem('usage', {
      message: `"${word}" follows the options, where history expects an id.`,
      hint: `Put the verb first: netcore-hook history ${word}`,
    });
  }
  // Ids contain digits; a word without digits that resembles a verb is a typo.
  const maySlip = word !== 'last' && (/^[a-z]+$/.test(word) || more.length > 0);
  const suggestion = maySlip ? nearest(word, names) : undefined;
  if (suggestion !== undefined) {
    throw problem('usage', {
      message: `history has no "${word}".`,
      hint: `Did you mean history ${suggestion}?`,
    });
  }
  refuseOf(input, 'show', rowsOf(historyShowOptions));
  return runShow(input, context);
}

/** Rejects options of the other action. */
function refuseOf(
  { from, options }: Input,
  verb: string,
  taken: readonly (readonly [attribute: string, row: unknown])[],
): void {
  const attributes = Object.keys(options) as (keyof Input['options'])[];
  const stray = attributes.find(
    (attribute) => from(attribute).kind === 'flag' && !taken.some(([each]) => each === attribute),
  );
  if (stray === undefined) return;
  throw problem('usage', {
    message: `history ${verb} takes no ${from(stray).name}.`,
    hint: verb === 'list' ? 'Pass the id of a capture as well.' : 'Remove the id or the option.',
  });
}
