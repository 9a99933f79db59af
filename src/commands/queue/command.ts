import { addCaptureFilter } from '../../cli/capture-filter.js';
import type { CommandDefinition } from '../../cli/command.js';
import { collect } from '../../cli/option-values.js';
import { addAlertFlags, addForwardingFlags } from '../forwarding/flags.js';

export const queueCommand: CommandDefinition = {
  name: 'queue',
  summary: 'look at, repair and work the queue of calls to be forwarded',
  examples: [
    { line: 'netcore-hook queue', says: 'how many calls wait, are done, were given up' },
    { line: 'netcore-hook queue list --dead', says: 'those given up, and why' },
    { line: 'netcore-hook queue retry --dead', says: 'try them again' },
    { line: 'netcore-hook queue retry last', says: 'forward the newest capture again' },
    {
      line: 'netcore-hook queue retry --target :3000/old --to :3000/new',
      says: 'what waits for one URL goes to another',
    },
    {
      line: 'netcore-hook queue drop --dead --until 7d --yes',
      says: 'forget those given up long ago; their captures stay',
    },
    {
      line: 'netcore-hook queue work -f :3000/hook --queue redis://127.0.0.1',
      says: 'one more worker, on any machine',
    },
  ],
  define: (command) => {
    command
      .usage('[list|retry|drop|work] [id...] [options]')
      .argument('[what]', 'list, retry, drop or work (default: how many calls there are)', 'counts')
      .argument('[id...]', 'retry, drop: an id or the beginning of one, last, last~2')
      .option(
        '--queue <url>',
        'the queue on this Redis, and not the one in the store: redis://host:6379, rediss://… (also NETCORE_HOOK_QUEUE)',
      )
      .optionsGroup('Which calls (list, retry, drop):')
      .option(
        '--state <names>',
        'only in these states: waiting, delayed, active, delivered, dead, skipped, handed-over; retry and drop mean waiting and delayed ones if nothing is said',
        collect,
      )
      .option('--dead', 'the same as --state dead')
      .option('--delayed', 'the same as --state delayed')
      .option('--target <url>', 'only those for this URL');
    addCaptureFilter(command)
      .optionsGroup('What to do with them:')
      .option('--limit <number>', 'list: how many (default: 20)')
      .option('--to <url>', 'retry: move them to this URL')
      .option('--yes', 'drop: without asking');
    addForwardingFlags(command, 'Forwarding (work):');
    addAlertFlags(command, 'Alerts (work):');
  },
  run: async (input, context) => {
    const { runQueue } = await import('./run.js');
    return runQueue(input, context);
  },
};
