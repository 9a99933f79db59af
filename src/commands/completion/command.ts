import { commandBody } from '../../cli/command.js';
import { shellNames, shells } from './shells.js';

export const completionCommand = commandBody({
  // The scripts ask with: completion complete -- <the words of the line>.
  anyWords: true,
  arguments: [{ name: '[shell]', says: 'bash, zsh, fish or powershell', completed: shellNames }],
  options: {},
  examples: Object.values(shells).map(({ line, place }) => ({ line, says: `a line of ${place}` })),
  run: async (input, context, commands) =>
    (await import('./run.js')).runCompletion(input, context, commands),
});
