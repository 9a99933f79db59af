import { commandBody } from '../../cli/command.js';
import {
  historyDiffOptions,
  historyEraseOptions,
  historyFactsOptions,
  historyFieldsOptions,
} from '../../cli/options/data.js';
import {
  historyExportOptions,
  historyListOptions,
  historyLogOptions,
  historyOptions,
  historyPruneOptions,
  historyShowOptions,
  historyStatsOptions,
} from '../../cli/options/reading.js';
import { reconcileOptions } from '../../cli/options/reconciling.js';

const reference = 'an id or a prefix of one, last, last~2, or <id>.3 for its third event';

export const historyCommand = commandBody({
  usesStore: true,
  anyWords: true,
  arguments: [
    { name: '[id]', description: `the capture to show: ${reference}`, completion: 'captures' },
  ],
  options: historyOptions,
  examples: [
    { line: 'netcore-hook history', description: 'list the newest 20' },
    { line: 'netcore-hook history last', description: 'show the newest in full' },
    {
      line: 'netcore-hook history list -c email -e bounce --since 2h',
      description: 'list bounces of the last two hours',
    },
    {
      line: 'netcore-hook history export last --redact',
      description: 'export the newest with pseudonyms, for a bug report',
    },
    { line: 'netcore-hook history stats --by hour', description: 'count calls per hour' },
    {
      line: 'netcore-hook history prune --keep-for 7d --yes',
      description: 'remove older captures',
    },
  ],
  run: async (input, context, commands) =>
    (await import('./alone.js')).runHistory(input, context, commands),
});

export const listCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyListOptions,
  examples: [
    { line: 'netcore-hook history list', description: 'list the newest 20' },
    {
      line: 'netcore-hook history list -c email -e bounce --since 2h',
      description: 'list bounces of the last two hours',
    },
    {
      line: 'netcore-hook history list --follow --json',
      description: 'follow new captures as JSON lines',
    },
  ],
  run: async (input, context) => (await import('./list.js')).runList(input, context),
});

export const showCommand = commandBody({
  usesStore: true,
  anyWords: true,
  arguments: [{ name: '[id]', description: reference, completion: 'captures' }],
  options: historyShowOptions,
  examples: [
    { line: 'netcore-hook history show last', description: 'show the newest in full' },
    {
      line: 'netcore-hook history show last~1.3',
      description: 'show the third event of the one before',
    },
    { line: 'netcore-hook history show last --body', description: 'print its body unchanged' },
  ],
  run: async (input, context) => (await import('./show.js')).runShow(input, context),
});

export const logCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyLogOptions,
  examples: [
    { line: 'netcore-hook history log', description: 'list what happened, the newest last' },
    { line: 'netcore-hook history log --since 12h', description: 'for a handover' },
  ],
  run: async (input, context) => (await import('./log.js')).runLog(input, context),
});

export const backupCommand = commandBody({
  usesStore: true,
  arguments: [{ name: '<file>', description: 'the new file', completion: 'files' }],
  options: {},
  examples: [
    {
      line: 'netcore-hook history backup captures-backup.db',
      description: 'copy the whole store, also while it is in use',
    },
  ],
  run: async (input, context) => (await import('./backup.js')).runBackup(input, context),
});

export const exportCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[id...]',
      description: `the captures to export: ${reference}`,
      completion: 'captures',
    },
  ],
  options: historyExportOptions,
  examples: [
    { line: 'netcore-hook history export', description: 'export all captures as JSON lines' },
    {
      line: 'netcore-hook history export --who asha@example.com',
      description: 'export all captures of a contact',
    },
    {
      line: 'netcore-hook history export last --redact',
      description: 'export the newest with pseudonyms, for a bug report',
    },
    {
      line: 'netcore-hook history export --format csv --columns key,who,time,att_params.CITY',
      description: 'export a row for each event, with a field of the payload',
    },
  ],
  run: async (input, context) => (await import('./export.js')).runExport(input, context),
});

export const importCommand = commandBody({
  usesStore: true,
  anyWords: true,
  arguments: [
    { name: '[file]', description: 'a file that export wrote; - reads stdin', completion: 'files' },
  ],
  options: {},
  examples: [
    {
      line: 'netcore-hook history import captures.jsonl',
      description: 'import captures that are missing here',
    },
  ],
  run: async (input, context) => (await import('./import.js')).runImport(input, context),
});

export const statsCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyStatsOptions,
  examples: [
    { line: 'netcore-hook history stats', description: 'count by channel and activity' },
    { line: 'netcore-hook history stats --by hour', description: 'count calls per hour' },
  ],
  run: async (input, context) => (await import('./stats.js')).runStats(input, context),
});

export const diffCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[id...]',
      description: `the two captures or events to compare: ${reference}`,
      completion: 'captures',
    },
  ],
  options: historyDiffOptions,
  examples: [
    {
      line: 'netcore-hook history diff last~2 last~1 --all',
      description: 'compare two captures, with their times and ids',
    },
    {
      line: 'netcore-hook history diff last~1.1 last.1',
      description: 'compare the first event of each',
    },
  ],
  run: async (input, context) => (await import('./diff.js')).runDiff(input, context),
});

export const fieldsCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyFieldsOptions,
  examples: [
    {
      line: 'netcore-hook history fields -c email',
      description: 'list the fields of e-mail events',
    },
    {
      line: 'netcore-hook history fields --save fields.json',
      description: 'also write them to a file',
    },
    {
      line: 'netcore-hook history fields --since 1d --against fields.json',
      description: 'did the fields change today?',
    },
  ],
  run: async (input, context) => (await import('./fields.js')).runFields(input, context),
});

export const factsCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyFactsOptions,
  examples: [
    {
      line: 'netcore-hook history facts',
      description: 'show addresses, batch sizes, time zone and repeats',
    },
    {
      line: 'netcore-hook history facts --panel netcore_hook_test --since 7d',
      description: 'those of one panel, of the last week',
    },
  ],
  run: async (input, context) => (await import('./facts.js')).runFacts(input, context),
});

export const pruneCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyPruneOptions,
  examples: [
    {
      line: 'netcore-hook history prune --keep-for 7d --yes',
      description: 'remove older captures',
    },
    { line: 'netcore-hook history prune --keep-size 1gb', description: 'keep at most 1 GB' },
  ],
  run: async (input, context) => (await import('./prune.js')).runPrune(input, context),
});

export const eraseCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: historyEraseOptions,
  examples: [
    {
      line: 'netcore-hook history erase --who asha@example.com --dry-run',
      description: 'show what would be erased of a contact',
    },
    {
      line: 'netcore-hook history erase --who @list.csv --yes',
      description: 'erase the contacts of a file',
    },
  ],
  run: async (input, context) => (await import('./erase.js')).runErase(input, context),
});

export const reconcileCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: reconcileOptions,
  examples: [
    {
      line: 'netcore-hook reconcile --expect report.csv',
      description: 'did everything of a report arrive?',
    },
    {
      line: 'netcore-hook reconcile --in table.csv --missing missing.txt',
      description: 'does a table hold what arrived? Write the ids of missing events',
    },
    {
      line: 'netcore-hook reconcile --expect truth.ndjson --in table.csv',
      description: 'does a table hold what a simulation sent? Needs no store',
    },
    {
      line: 'netcore-hook reconcile --expect export.csv --map who="Email ID" --map event=Status --dry-run',
      description: 'show how the columns of a report are understood',
    },
    {
      line: 'netcore-hook reconcile --expect report.csv --by message',
      description: 'compare totals, as a dashboard shows them',
    },
  ],
  run: async (input, context) => (await import('./reconcile.js')).runReconcile(input, context),
});
