import { addCaptureFilter } from '../../cli/capture-filter.js';
import type { CommandDefinition } from '../../cli/command.js';
import { collect } from '../../cli/option-values.js';
import { printInstead } from '../../cli/print-option.js';

export const replayCommand: CommandDefinition = {
  name: 'replay',
  summary: 'send captures again, byte for byte',
  examples: [
    { line: 'netcore-hook replay last --to :3000/hook', says: 'the newest' },
    { line: 'netcore-hook replay last~2.3 --to :3000/hook', says: 'one event of a batch' },
    {
      line: 'netcore-hook replay --last 50 -c email --to :3000/hook --auth netcore:secret',
      says: 'the newest fifty with e-mail events, oldest first',
    },
    {
      line: 'netcore-hook replay --since 2h --speed 10x --to :3000/hook',
      says: 'as they came, ten times as fast',
    },
    {
      line: 'netcore-hook replay --from captures.jsonl --to :3000/hook',
      says: 'what history export wrote',
    },
    {
      line: 'netcore-hook replay last --bisect --to :3000/hook',
      says: 'find the events that an endpoint fails on',
    },
  ],
  define: (command) =>
    addCaptureFilter(
      command
        .argument(
          '[id...]',
          'ids or beginnings of them, last, last~2, <id>.3 for one event of a batch',
        )
        .optionsGroup('Where to:')
        .option('--to <url>', 'an endpoint of yours (also NETCORE_HOOK_TO)')
        .option(
          '--auth <user:pass>',
          'Basic credentials; a user alone is asked for the password; @file reads them (also NETCORE_HOOK_AUTH)',
        )
        .option('-H, --header <name: value>', 'add or replace a header; may be repeated', collect)
        .option('--timeout <duration>', 'how long to wait for an answer', '10s')
        .option('--insecure', 'accept any TLS certificate')
        .addOption(printInstead())
        .option('--yes', 'send real captures beyond this machine without asking')
        .optionsGroup('How:')
        .option('--speed <speed>', 'spacing as recorded (1x), faster (10x), or none (max)', 'max')
        .option('--rate <number>', 'calls per second')
        .option('--concurrency <number>', 'calls under way at a time (default: 1; 16 with --speed)')
        .option(
          '--bisect',
          'find the smallest set of events of one capture that the endpoint fails on',
        )
        .optionsGroup('Which captures, if not by id:')
        .option('--last <number>', 'the newest so many (of those that the filters leave)')
        .option('--from <file>', 'those that history export wrote; - is stdin'),
    ),
  run: async (input, context) => {
    const { runReplay } = await import('./run.js');
    return runReplay(input, context);
  },
};
