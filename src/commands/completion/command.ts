import { commandBody } from '../../cli/command.js';
import { shellNames, shells } from './shells.js';

export const completionCommand = commandBody({
  // The scripts call: completion complete -- <the words of the line>.
  anyWords: true,
  arguments: [
    { name: '[shell]', description: 'bash, zsh, fish or powershell', completion: shellNames },
  ],
  options: {},
  examples: Object.values(shells).map(({ line, startupFile }) => ({
    line,
    description: `add this line to ${startupFile}`,
  })),
  run: async (input, context, commands) =>
    (await import('./run.js')).runCompletion(input, context, commands),
});
