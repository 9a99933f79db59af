import { commandBody } from '../../cli/command.js';
import { inspectOptions } from '../../cli/options/reading.js';

export const inspectCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[id]',
      description: 'the capture to show: an id or a prefix of one, last, last~2',
      completion: 'captures',
    },
  ],
  options: inspectOptions,
  examples: [
    { line: 'netcore-hook inspect --open', description: 'open the page, also while listen runs' },
    { line: 'netcore-hook inspect last', description: 'open the newest capture' },
  ],
  run: async (input, context) => (await import('./run.js')).runInspect(input, context),
});
