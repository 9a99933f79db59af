import type { CommandDefinition } from '../../cli/command.js';

export const configCommand: CommandDefinition = {
  name: 'config',
  summary: 'show where each setting comes from',
  examples: [
    { line: 'netcore-hook config', says: 'every setting, its value, and who said so' },
    { line: 'netcore-hook config listen', says: 'only those that listen takes' },
    { line: 'netcore-hook config --profile staging --json', says: 'for programs' },
    { line: 'netcore-hook config --schema', says: 'the JSON Schema of the project file' },
  ],
  define: (command) =>
    command
      .argument('[command]', 'only what this command takes')
      .option('--schema', 'print the JSON Schema of the project file'),
  run: async (input, context, commands) => {
    const { runConfig } = await import('./run.js');
    return runConfig(input, context, commands);
  },
};
