import { commandBody } from '../../cli/command.js';
import { configOptions } from '../../cli/options/reading.js';

export const configCommand = commandBody({
  arguments: [
    {
      name: '[command]',
      description: 'show only settings of this command',
      completion: 'commands',
    },
  ],
  // It reads the files itself, to show unset settings too.
  options: configOptions,
  examples: [
    { line: 'netcore-hook config', description: 'show every setting, its value and its source' },
    { line: 'netcore-hook config listen', description: 'show only settings of listen' },
    {
      line: 'netcore-hook config --profile staging --json',
      description: 'print JSON lines for programs',
    },
    {
      line: 'netcore-hook config --schema',
      description: 'print the JSON Schema of the project file',
    },
  ],
  run: async (input, context, commands) =>
    (await import('./run.js')).runConfig(input, context, commands),
});
