import { commandBody } from '../../cli/command.js';
import { decodeOptions } from '../../cli/options/decoding.js';

export const decodeCommand = commandBody({
  arguments: [
    {
      name: '[text|file]',
      description: 'text or file to decode; - or no argument reads stdin',
      completion: 'files',
    },
  ],
  options: decodeOptions,
  examples: [
    { line: 'netcore-hook decode body.txt', description: 'decode a body, a curl command or a log' },
    {
      line: 'netcore-hook decode --format table body.txt',
      description: 'print the events as a table',
    },
    {
      line: "netcore-hook decode 'data=%7B%22shop%22%3A%5B%5D%7D'",
      description: 'decode text from the command line',
    },
    {
      line: 'netcore-hook decode --redact body.txt',
      description: 'replace personal data with pseudonyms',
    },
    {
      line: 'netcore-hook decode --json body.txt',
      description: 'print one payload per line for programs',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runDecode(input, context),
});
