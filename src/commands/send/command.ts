import type { CommandDefinition } from '../../cli/command.js';
import { collect } from '../../cli/option-values.js';
import { printInstead } from '../../cli/print-option.js';

export const sendCommand: CommandDefinition = {
  name: 'send',
  summary: 'send sample events, or your own, to any URL',
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
  define: (command) =>
    command
      // `send email` gets an answer of its own.
      .allowExcessArguments()
      .optionsGroup('What to send:')
      .option('-c, --channel <names>', 'samples of these channels, or all', collect)
      .option(
        '-e, --event <names>',
        "of these activities, or all (default: the one of Netcore's page)",
        collect,
      )
      .option('--data <file>', 'your own payload, in any form that decode takes; - is stdin')
      .option('--raw <file>', 'these bytes as the body, untouched; - is stdin')
      .option(
        '--like <capture>',
        'the payload of a capture: an id, last, last~2, or <id>.3 for one event of it',
      )
      .optionsGroup('Changes to its events:')
      .option('--set <path=value>', 'replace a value in each event; path:=json', collect)
      .option('--add <path=value>', 'add a key to each event; path:=json', collect)
      .option('--unset <path>', 'remove a key from each event', collect)
      .option('--panel <name>', 'the panel they are of (also NETCORE_HOOK_PANEL)')
      .option('--tz <zone>', 'zone of fresh times (default: Asia/Kolkata; also NETCORE_HOOK_TZ)')
      .option('--verbatim', 'keep the times and ids of the sample')
      .option('--seed <number>', 'make times and ids repeatable')
      .optionsGroup('Where to:')
      .option(
        '--to <url>',
        'an endpoint (default: the listener of this store, else :4400; also NETCORE_HOOK_TO)',
      )
      .option(
        '--auth <user:pass>',
        'Basic credentials; a user alone is asked for the password; @file reads them (also NETCORE_HOOK_AUTH)',
      )
      .option('-H, --header <name: value>', 'add or replace a header; may be repeated', collect)
      .option('--timeout <duration>', 'how long to wait for an answer', '10s')
      .option('--insecure', 'accept any TLS certificate')
      .addOption(printInstead())
      .option('--yes', 'send more than one call beyond this machine without asking')
      .optionsGroup('How many:')
      .option('--count <number>', 'calls in all')
      .option('--batch <number>', 'events in each call, cycled through those of the channels')
      .option('--rate <number>', 'calls per second')
      .option('--concurrency <number>', 'calls under way at a time', '1'),
  run: async (input, context) => {
    const { runSend } = await import('./run.js');
    return runSend(input, context);
  },
};
