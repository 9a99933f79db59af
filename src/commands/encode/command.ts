import { commandBody } from '../../cli/command.js';
import { encodeOptions } from '../../cli/options/sending.js';

export const encodeCommand = commandBody({
  arguments: [
    {
      name: '[file]',
      says: 'the JSON of a payload; - is stdin, and so is nothing',
      completed: 'files',
    },
  ],
  options: encodeOptions,
  examples: [
    { line: 'netcore-hook encode payload.json', says: 'the body that Netcore would send' },
    {
      line: 'netcore-hook encode payload.json --print curl --to :3000/hook --auth netcore',
      says: 'a command that sends it',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runEncode(input, context),
});
