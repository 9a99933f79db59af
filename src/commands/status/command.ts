import type { CommandDefinition } from '../../cli/command.js';

export const statusCommand: CommandDefinition = {
  name: 'status',
  summary: 'tell whether all is well: listeners, workers, queue, store',
  examples: [
    { line: 'netcore-hook status', says: 'exit code 0 when all is well, else 1' },
    { line: 'netcore-hook status --json', says: 'for programs' },
    { line: 'netcore-hook status --store ./captures', says: 'of this store' },
  ],
  define: () => {},
  run: async (input, context) => {
    const { runStatus } = await import('./run.js');
    return runStatus(input, context);
  },
};
