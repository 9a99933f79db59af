import { Option } from 'commander';
import type { CommandDefinition } from '../../cli/command.js';
import { addRedactOptions } from '../../cli/redact-option.js';

export const decodeCommand: CommandDefinition = {
  name: 'decode',
  summary: 'turn a paste into JSON, and say what was done to it',
  examples: [
    { line: 'netcore-hook decode body.txt', says: 'a body, a curl command, a log, in a file' },
    { line: 'netcore-hook decode --format table body.txt', says: 'the events as rows' },
    {
      line: "netcore-hook decode 'data=%7B%22shop%22%3A%5B%5D%7D'",
      says: 'what stands on the command line',
    },
    {
      line: 'netcore-hook decode --redact body.txt',
      says: 'without names, addresses and numbers, to be shared',
    },
    { line: 'netcore-hook decode --json body.txt', says: 'for programs: a payload a line' },
  ],
  define: (command) =>
    addRedactOptions(
      command
        .argument('[text|file]', 'what to decode; - is stdin, and so is nothing')
        .addOption(
          new Option('--format <form>', 'how to print the payload')
            .choices(['json', 'compact', 'table'])
            .default('json'),
        )
        .option('--strict', 'exit 1 where the payload departs from its documented shape')
        .option('--repair', 'close what a paste that ends too early left open')
        .option('--clipboard', 'decode what was copied'),
    ),
  run: async (input, context) => {
    const { runDecode } = await import('./run.js');
    return runDecode(input, context);
  },
};
