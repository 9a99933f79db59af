import { commandBody } from '../../cli/command.js';
import { samplesOptions } from '../../cli/options/sending.js';

export const samplesCommand = commandBody({
  arguments: [
    { name: '[channel]', description: 'print a sample of this channel', completion: 'channels' },
    {
      name: '[activity]',
      description: "activity of the sample (default: the one on Netcore's page)",
      completion: 'activities',
    },
  ],
  options: samplesOptions,
  examples: [
    {
      line: 'netcore-hook samples',
      description: 'list channels and activities, with the source of each sample',
    },
    {
      line: 'netcore-hook samples email',
      description: "print the sample of Netcore's page as JSON",
    },
    { line: 'netcore-hook samples rcs failed --print curl', description: 'print a curl command' },
    { line: 'netcore-hook samples --schema', description: 'print the JSON Schema of a payload' },
  ],
  run: async (input, context) => (await import('./run.js')).runSamples(input, context),
});
