import { commandBody } from '../../cli/command.js';
import { simulateOptions } from '../../cli/options/simulating.js';

export const simulateCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[journey]',
      description: 'a built-in journey, or a JSON file of your own (default: abandoned-cart)',
      completion: 'journeys',
    },
  ],
  options: simulateOptions,
  examples: [
    {
      line: 'netcore-hook simulate --dry-run',
      description: 'show what contacts do in the journey, and how many calls that makes',
    },
    {
      line: 'netcore-hook simulate hot-lead --to :3000/hook --auth netcore:secret --truth sent.ndjson',
      description: 'rehearse against your handler, and record what it was sent',
    },
    {
      line: 'netcore-hook simulate broadcast -c whatsapp --contacts 200 --duplicates 5% --late 5%',
      description: 'send one WhatsApp message to 200 contacts, with repeats and late events',
    },
    {
      line: 'netcore-hook simulate --seed 42 --start 2026-11-23T09:00:00Z --print ndjson',
      description: 'print the same payloads on every machine',
    },
    {
      line: 'netcore-hook simulate --outage 10m --retries 3x1m --dry-run',
      description: 'estimate how many events an outage of ten minutes costs',
    },
    { line: 'netcore-hook simulate --list', description: 'list the built-in journeys' },
  ],
  run: async (input, context) => (await import('./run.js')).runSimulate(input, context),
});
