import { type Command, Help, Option } from 'commander';
import { wrapped } from '../output/columns.js';
import { exitCodes } from '../problems/exit-codes.js';
import type { CommandBody } from './command.js';

/** Shown with the options that all commands share. */
const helpOption = new Option('-h, --help', 'show help');

/** Lays out help: a command's own options in groups, then the shared ones. */
export function arrangeHelp(program: Command): void {
  const defaultHelp = new Help();
  program.addHelpOption(helpOption).configureHelp({
    showGlobalOptions: true,
    minWidthToWrap: 20,
    subcommandTerm: (command) => command.name(),
    styleTitle: (title) => (title === 'Global Options:' ? everywhere : title),
    visibleOptions: (command) =>
      defaultHelp
        .visibleOptions(command)
        .filter((option) => command === program || option.long !== helpOption.long),
    visibleGlobalOptions: (command) =>
      command === program ? [] : [helpOption, ...program.options.filter(({ hidden }) => !hidden)],
    formatHelp: (command, helper) => {
      const text = defaultHelp.formatHelp(command, helper);
      return command.commands.length > 0 ? commandsFirst(text) : text;
    },
    argumentDescription: ({ description }) => description,
    optionDescription: ({ description }) => description,
  });
}

const everywhere = 'Everywhere:';

/** Help of a command with verbs lists the verbs first and the options last. */
function commandsFirst(text: string): string {
  const blocks = text.trimEnd().split('\n\n');
  const isOptions = (block: string) => /^(?:Options|Everywhere):/.test(block);
  const options = blocks.filter(isOptions).map((block) => block.replace('Options:', everywhere));
  return `${[...blocks.filter((block) => !isOptions(block)), ...options].join('\n\n')}\n`;
}

/**
 * The examples of a command, with descriptions beside them, or below when the line is too narrow.
 */
export function exampleText(
  { examples }: Pick<CommandBody, 'examples'>,
  columns: number,
  heading = 'Examples:',
): string {
  const width = Math.max(...examples.map(({ line }) => line.length));
  const fitsBeside = examples.every(({ description }) => width + description.length + 4 <= columns);
  const lines = examples.map(({ line, description }) =>
    fitsBeside
      ? `  ${line.padEnd(width)}  ${description}`
      : `  ${line}\n${wrapped(`      ${description}`, { isTTY: true, columns })}`,
  );
  return `${heading}\n${lines.join('\n')}\n`;
}

export function exitCodeText(columns: number): string {
  const indent = 7;
  const lines = Object.values(exitCodes).map(({ code, meaning }) => {
    const [first, ...more] = new Help().boxWrap(meaning, columns - indent).split('\n');
    return [
      `${String(code).padStart(indent - 2)}  ${first}`,
      ...more.map((line) => ' '.repeat(indent) + line),
    ];
  });
  return `Exit codes:\n${lines.flat().join('\n')}\n`;
}
