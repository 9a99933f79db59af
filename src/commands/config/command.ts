import { commandBody } from '../../cli/command.js';
import { configOptions } from '../../cli/options/reading.js';

export const configCommand = commandBody({
  arguments: [{ name: '[command]', says: 'only what this command takes', completed: 'commands' }],
  // It reads the files itself, so that it can tell of what is not set.
  options: configOptions,
  examples: [
    { line: 'netcore-hook config', says: 'every setting, its value, and who said so' },
    { line: 'netcore-hook config listen', says: 'only those that listen takes' },
    { line: 'netcore-hook config --profile staging --json', says: 'for programs' },
    { line: 'netcore-hook config --schema', says: 'the JSON Schema of the project file' },
  ],
  run: async (input, context, commands) =>
    (await import('./run.js')).runConfig(input, context, commands),
});
