import { commandBody } from '../../cli/command.js';
import { decodeOptions } from '../../cli/options/reading.js';

export const decodeCommand = commandBody({
  arguments: [
    {
      name: '[text|file]',
      says: 'what to decode; - is stdin, and so is nothing',
      completed: 'files',
    },
  ],
  options: decodeOptions,
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
  run: async (input, context) => (await import('./run.js')).runDecode(input, context),
});
