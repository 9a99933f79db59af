import { commandBody } from '../../cli/command.js';
import { inspectOptions } from '../../cli/options/reading.js';

export const inspectCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[id]',
      says: 'the capture to show: an id or the beginning of one, last, last~2',
      completed: 'captures',
    },
  ],
  options: inspectOptions,
  examples: [
    { line: 'netcore-hook inspect --open', says: 'in the browser, also while listen runs' },
    { line: 'netcore-hook inspect last', says: 'at the newest capture' },
  ],
  run: async (input, context) => (await import('./run.js')).runInspect(input, context),
});
