import { commandBody } from '../../cli/command.js';

export const statusCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: {},
  examples: [
    { line: 'netcore-hook status', says: 'exit code 0 when all is well, else 1' },
    { line: 'netcore-hook status --json', says: 'for programs' },
    { line: 'netcore-hook status --store ./captures', says: 'of this store' },
  ],
  run: async (input, context) => (await import('./run.js')).runStatus(input, context),
});
