import { commandBody } from '../../cli/command.js';
import { sendOptions } from '../../cli/options/sending.js';

export const sendCommand = commandBody({
  usesStore: true,
  // `send email` gets an answer of its own.
  anyWords: true,
  options: sendOptions,
  examples: [
    { line: 'netcore-hook send -c email', says: 'one call, to the listener of this store' },
    {
      line: 'netcore-hook send -c all -e all --to :3000/hook --auth netcore:secret',
      says: 'every sample, as Netcore logs in',
    },
    {
      line: 'netcore-hook send -c sms --set event_params.mobile=0000000001',
      says: 'with a value of yours',
    },
    {
      line: 'netcore-hook send -c email,sms --batch 50 --count 1000 --rate 20',
      says: 'mixed batches, twenty calls a second',
    },
    { line: 'netcore-hook send --data payload.json --to :3000/hook', says: 'your own payload' },
    {
      line: 'netcore-hook send --like last --set att_params.EMAIL=asha@example.com',
      says: 'a call that came, with a value of yours',
    },
    {
      line: 'netcore-hook send -c whatsapp --print curl',
      says: 'a command to paste, nothing sent',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runSend(input, context),
});
