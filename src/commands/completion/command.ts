import type { CommandDefinition } from '../../cli/command.js';
import { shells } from './shells.js';

export const completionCommand: CommandDefinition = {
  name: 'completion',
  summary: 'let a shell complete commands, options and values',
  examples: Object.values(shells).map(({ line, place }) => ({ line, says: `a line of ${place}` })),
  define: (command) =>
    command
      .usage('<shell>')
      .argument('[shell]', 'bash, zsh, fish or powershell')
      // The scripts ask with: completion complete -- <the words of the line>.
      .allowExcessArguments(),
  run: async (input, context, commands) => {
    const { runCompletion } = await import('./run.js');
    return runCompletion(input, context, commands);
  },
};
