import type { CommandDefinition } from '../../cli/command.js';

export const inspectCommand: CommandDefinition = {
  name: 'inspect',
  summary: 'look at captures on a local web page',
  examples: [
    { line: 'netcore-hook inspect --open', says: 'in the browser, also while listen runs' },
    { line: 'netcore-hook inspect last', says: 'at the newest capture' },
  ],
  define: (command) =>
    command
      .argument('[id]', 'the capture to show: an id or the beginning of one, last, last~2')
      .option('--inspect-port <number>', 'port of the page, 0 for a free one (default: 4401)')
      .option('--open', 'open the page in the browser'),
  run: async (input, context) => {
    const { runInspect } = await import('./run.js');
    return runInspect(input, context);
  },
};
