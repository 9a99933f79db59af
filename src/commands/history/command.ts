import { Option } from 'commander';
import { addCaptureFilter } from '../../cli/capture-filter.js';
import type { CommandDefinition } from '../../cli/command.js';
import { addRedactOptions } from '../../cli/redact-option.js';

export const historyCommand: CommandDefinition = {
  name: 'history',
  summary: 'list, show, export, import, count and prune captures',
  examples: [
    { line: 'netcore-hook history', says: 'the newest twenty' },
    {
      line: 'netcore-hook history list -c email -e bounce --since 2h',
      says: 'those with bounces of the last two hours',
    },
    { line: 'netcore-hook history --follow --json', says: 'and those to come, for programs' },
    { line: 'netcore-hook history show last', says: 'the newest, whole' },
    { line: 'netcore-hook history show last~1.3', says: 'the third event of the one before' },
    { line: 'netcore-hook history show last --body', says: 'its body as it came' },
    {
      line: 'netcore-hook history export --who asha@example.com',
      says: 'all of a contact, to import or replay elsewhere',
    },
    {
      line: 'netcore-hook history export last --redact',
      says: 'the newest without names, addresses and numbers, for a bug report',
    },
    { line: 'netcore-hook history stats --by hour', says: 'how many calls came when' },
    { line: 'netcore-hook history prune --keep-for 7d --yes', says: 'remove what is older' },
  ],
  define: (command) =>
    addCaptureFilter(
      addRedactOptions(
        command
          .usage('[what] [id or file] [options]')
          .argument(
            '[what]',
            'list, show, export, import, stats, prune, or the id to show (default: list)',
            'list',
          )
          .argument(
            '[id...]',
            'what to show or export: an id or the beginning of one, last, last~2, <id>.3 for the third event; what to import: a file, - is stdin',
          )
          .optionsGroup('What to do:')
          .option('--limit <number>', 'list: how many (default: 20)')
          .option('--follow', 'list: oldest first, and go on with those to come')
          .option(
            '--body',
            'show: only the body, byte for byte; on a terminal with invisible characters escaped',
          )
          .addOption(
            new Option('--by <what>', 'stats: count by this (default: channel)').choices([
              'channel',
              'panel',
              'peer',
              'hour',
            ]),
          )
          .option('--keep <number>', 'prune: keep only the newest N captures')
          .option('--keep-for <duration>', 'prune: keep captures of the last 7d, 12h')
          .option('--keep-size <size>', 'prune: keep the newest captures that fit into 1gb, 500mb')
          .option('--yes', 'prune: remove without asking'),
        'show, export: ',
      ).optionsGroup('Which captures (list, export, stats):'),
    ),
  run: async (input, context) => {
    const { runHistory } = await import('./run.js');
    return runHistory(input, context);
  },
};
