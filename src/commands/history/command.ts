import { commandBody } from '../../cli/command.js';
import {
  historyExportOptions,
  historyListOptions,
  historyOptions,
  historyPruneOptions,
  historyShowOptions,
  historyStatsOptions,
} from '../../cli/options/reading.js';

const reference =
  'an id or the beginning of one, last, last~2, or <id>.3 for the third event of it';

/** `history` without a verb lists, and with an id it shows. */
export const historyCommand = commandBody({
  usesStore: true,
  anyWords: true,
  arguments: [{ name: '[id]', says: `what to show: ${reference}`, completed: 'captures' }],
  options: historyOptions,
  examples: [
    { line: 'netcore-hook history', says: 'the newest twenty' },
    { line: 'netcore-hook history last', says: 'the newest, whole' },
    {
      line: 'netcore-hook history list -c email -e bounce --since 2h',
      says: 'those with bounces of the last two hours',
    },
    {
      line: 'netcore-hook history export last --redact',
      says: 'the newest without names, addresses and numbers, for a bug report',
    },
    { line: 'netcore-hook history stats --by hour', says: 'how many calls came when' },
    { line: 'netcore-hook history prune --keep-for 7d --yes', says: 'remove what is older' },
  ],
  run: async (input, context, commands) =>
    (await import('./alone.js')).runHistory(input, context, commands),
});

export const listCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyListOptions,
  examples: [
    { line: 'netcore-hook history list', says: 'the newest twenty' },
    {
      line: 'netcore-hook history list -c email -e bounce --since 2h',
      says: 'those with bounces of the last two hours',
    },
    { line: 'netcore-hook history list --follow --json', says: 'and those to come, for programs' },
  ],
  run: async (input, context) => (await import('./list.js')).runList(input, context),
});

export const showCommand = commandBody({
  usesStore: true,
  anyWords: true,
  arguments: [{ name: '[id]', says: reference, completed: 'captures' }],
  options: historyShowOptions,
  examples: [
    { line: 'netcore-hook history show last', says: 'the newest, whole' },
    { line: 'netcore-hook history show last~1.3', says: 'the third event of the one before' },
    { line: 'netcore-hook history show last --body', says: 'its body as it came' },
  ],
  run: async (input, context) => (await import('./show.js')).runShow(input, context),
});

export const exportCommand = commandBody({
  usesStore: true,
  arguments: [{ name: '[id...]', says: `what to export: ${reference}`, completed: 'captures' }],
  options: historyExportOptions,
  examples: [
    { line: 'netcore-hook history export', says: 'all captures, a JSON line each' },
    {
      line: 'netcore-hook history export --who asha@example.com',
      says: 'all of a contact, to import or replay elsewhere',
    },
    {
      line: 'netcore-hook history export last --redact',
      says: 'the newest without names, addresses and numbers, for a bug report',
    },
  ],
  run: async (input, context) => (await import('./export.js')).runExport(input, context),
});

export const importCommand = commandBody({
  usesStore: true,
  anyWords: true,
  arguments: [{ name: '[file]', says: 'what export wrote; - is stdin', completed: 'files' }],
  options: {},
  examples: [
    { line: 'netcore-hook history import captures.jsonl', says: 'those that are not there yet' },
  ],
  run: async (input, context) => (await import('./import.js')).runImport(input, context),
});

export const statsCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyStatsOptions,
  examples: [
    { line: 'netcore-hook history stats', says: 'by channel and activity' },
    { line: 'netcore-hook history stats --by hour', says: 'how many calls came when' },
  ],
  run: async (input, context) => (await import('./stats.js')).runStats(input, context),
});

export const pruneCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyPruneOptions,
  examples: [
    { line: 'netcore-hook history prune --keep-for 7d --yes', says: 'remove what is older' },
    { line: 'netcore-hook history prune --keep-size 1gb', says: 'what the disk has room for' },
  ],
  run: async (input, context) => (await import('./prune.js')).runPrune(input, context),
});
