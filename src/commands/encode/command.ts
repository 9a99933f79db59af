import { Option } from 'commander';
import type { CommandDefinition } from '../../cli/command.js';

export const encodeCommand: CommandDefinition = {
  name: 'encode',
  summary: 'the inverse of decode: JSON into a form body or a curl command',
  examples: [
    { line: 'netcore-hook encode payload.json', says: 'the body that Netcore would send' },
    {
      line: 'netcore-hook encode payload.json --print curl --to :3000/hook --auth netcore',
      says: 'a command that sends it',
    },
  ],
  define: (command) =>
    command
      .argument('[file]', 'the JSON of a payload; - is stdin, and so is nothing')
      .addOption(
        new Option('--print <form>', 'what to print').choices(['form', 'curl']).default('form'),
      )
      .option('--to <url>', 'where curl sends it (also NETCORE_HOOK_TO)')
      .option('--auth <user[:pass]>', 'as whom curl sends it (also NETCORE_HOOK_AUTH)')
      .option('--indented', 'the JSON over lines, as Netcore writes some of its own'),
  run: async (input, context) => {
    const { runEncode } = await import('./run.js');
    return runEncode(input, context);
  },
};
