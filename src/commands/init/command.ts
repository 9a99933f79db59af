import { commandBody } from '../../cli/command.js';
import { initOptions, starterIds } from '../../cli/options/starting.js';

export const initCommand = commandBody({
  arguments: [
    {
      name: '[framework]',
      description: `${starterIds.slice(0, -1).join(', ')} or ${starterIds.at(-1)}`,
      completion: starterIds,
    },
    {
      name: '[folder]',
      description: 'a new or empty folder (default: netcore-receiver)',
      completion: 'folders',
    },
  ],
  options: initOptions,
  examples: [
    {
      line: 'netcore-hook init express',
      description: 'write a receiver for Express into netcore-receiver',
    },
    {
      line: 'netcore-hook init flask ./webhooks',
      description: 'write a receiver for Flask into a folder of your choice',
    },
    { line: 'netcore-hook init --list', description: 'list the frameworks' },
  ],
  run: async (input, context) => (await import('./run.js')).runInit(input, context),
});
