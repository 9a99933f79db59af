import type { CommandDefinition } from '../../cli/command.js';

export const historyCommand: CommandDefinition = {
  name: 'history',
  summary: 'list and show the captures that listen recorded',
  examples: [
    { line: 'netcore-hook history', says: 'the newest twenty' },
    { line: 'netcore-hook history list --limit 100 --json', says: 'a hundred, for programs' },
    { line: 'netcore-hook history show last', says: 'the newest, whole' },
    {
      line: 'netcore-hook history show last~1 --body',
      says: 'the body of the one before, as it came',
    },
  ],
  define: (command) =>
    command
      .argument('[what]', 'list, show, or the id to show', 'list')
      .argument('[id]', 'an id or the beginning of one, last, last~2')
      .option('--limit <number>', 'how many to list', '20')
      .option('--body', 'show only the body, byte for byte'),
  run: async (input, context) => {
    const { runHistory } = await import('./run.js');
    return runHistory(input, context);
  },
};
