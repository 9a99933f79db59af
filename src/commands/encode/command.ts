import { commandBody } from '../../cli/command.js';
import { encodeOptions } from '../../cli/options/sending.js';

export const encodeCommand = commandBody({
  arguments: [
    {
      name: '[file]',
      description: 'JSON of a payload; - or no argument reads stdin',
      completion: 'files',
    },
  ],
  options: encodeOptions,
  examples: [
    {
      line: 'netcore-hook encode payload.json',
      description: 'print the body that Netcore would send',
    },
    {
      line: 'netcore-hook encode payload.json --print curl --to :3000/hook --auth netcore',
      description: 'print a command that sends it',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runEncode(input, context),
});
