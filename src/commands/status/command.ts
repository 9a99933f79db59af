import { commandBody } from '../../cli/command.js';
import { statusOptions } from '../../cli/options/reading.js';

export const statusCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: statusOptions,
  examples: [
    { line: 'netcore-hook status', description: 'exit with 0 when healthy, else with 1' },
    { line: 'netcore-hook status --json', description: 'print JSON lines for programs' },
    { line: 'netcore-hook status --since 12h', description: 'also what happened, for a handover' },
    { line: 'netcore-hook status --store ./captures', description: 'check another store' },
  ],
  run: async (input, context) => (await import('./run.js')).runStatus(input, context),
});
