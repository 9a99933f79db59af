import { commandBody } from '../../cli/command.js';
import { sendOptions } from '../../cli/options/sending.js';

export const sendCommand = commandBody({
  usesStore: true,
  // `run` explains `send email`.
  anyWords: true,
  options: sendOptions,
  examples: [
    {
      line: 'netcore-hook send -c email',
      description: 'send one call to the listener of this store',
    },
    {
      line: 'netcore-hook send -c all -e all --to :3000/hook --auth netcore:secret',
      description: 'send every sample with credentials',
    },
    {
      line: 'netcore-hook send -c sms --set event_params.mobile=0000000001',
      description: 'set a value',
    },
    {
      line: 'netcore-hook send -c email,sms --batch 50 --count 1000 --rate 20',
      description: 'send mixed batches, 20 calls per second',
    },
    {
      line: 'netcore-hook send --data payload.json --to :3000/hook',
      description: 'send your own payload',
    },
    {
      line: 'netcore-hook send --like last --set att_params.EMAIL=asha@example.com',
      description: 'send a captured payload with a changed value',
    },
    {
      line: 'netcore-hook send -c whatsapp --print curl',
      description: 'print a curl command',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runSend(input, context),
});
