import { Option } from 'commander';
import type { CommandDefinition } from '../../cli/command.js';
import { printForms } from '../../cli/print-option.js';

export const samplesCommand: CommandDefinition = {
  name: 'samples',
  summary: 'list and print the sample events',
  examples: [
    { line: 'netcore-hook samples', says: 'every channel and activity, and where each comes from' },
    { line: 'netcore-hook samples email', says: "the one of Netcore's page, as JSON" },
    { line: 'netcore-hook samples rcs failed --print curl', says: 'a command to paste' },
    { line: 'netcore-hook samples --schema', says: 'the JSON Schema of a payload' },
  ],
  define: (command) =>
    command
      .argument('[channel]', 'the channel to print a sample of')
      .argument('[activity]', "the activity (default: the one of Netcore's page)")
      .addOption(
        new Option('--print <form>', 'how to print it (default: json)').choices(printForms),
      )
      .option('--schema', 'print the JSON Schema of a payload'),
  run: async (input, context) => {
    const { runSamples } = await import('./run.js');
    return runSamples(input, context);
  },
};
