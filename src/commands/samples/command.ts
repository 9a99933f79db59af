import { commandBody } from '../../cli/command.js';
import { samplesOptions } from '../../cli/options/sending.js';

export const samplesCommand = commandBody({
  arguments: [
    { name: '[channel]', says: 'the channel to print a sample of', completed: 'channels' },
    {
      name: '[activity]',
      says: "the activity (default: the one of Netcore's page)",
      completed: 'activities',
    },
  ],
  options: samplesOptions,
  examples: [
    { line: 'netcore-hook samples', says: 'every channel and activity, and where each comes from' },
    { line: 'netcore-hook samples email', says: "the one of Netcore's page, as JSON" },
    { line: 'netcore-hook samples rcs failed --print curl', says: 'a command to paste' },
    { line: 'netcore-hook samples --schema', says: 'the JSON Schema of a payload' },
  ],
  run: async (input, context) => (await import('./run.js')).runSamples(input, context),
});
