import type { Command } from 'commander';
import { collect } from './option-values.js';

/** The options that say which captures are meant, as commander reads them. */
export interface TypedCaptureFilter {
  readonly channel?: readonly string[];
  readonly event?: readonly string[];
  readonly panel?: readonly string[];
  readonly msgid?: readonly string[];
  readonly who?: readonly string[];
  readonly text?: string;
  readonly status?: readonly string[];
  readonly outcome?: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

export const captureFilterFlags: readonly (keyof TypedCaptureFilter)[] = [
  'channel',
  'event',
  'panel',
  'msgid',
  'who',
  'text',
  'status',
  'outcome',
  'since',
  'until',
];

/** Adds the filters to a command, the same everywhere. */
export function addCaptureFilter(command: Command): Command {
  return command
    .option('-c, --channel <names>', 'only captures with events of these channels', collect)
    .option('-e, --event <names>', '… of these activities', collect)
    .option('--panel <names>', '… of these panels', collect)
    .option('--msgid <ids>', '… with these message ids', collect)
    .option('--who <contacts>', '… of these contacts, as lists show them', collect)
    .option('--text <words>', 'only captures with these words in their payload')
    .option('--status <statuses>', 'only captures that were answered so: 503, 5xx', collect)
    .option(
      '--outcome <names>',
      'only captures that became this when they were forwarded or replayed: delivered, failed, dead, waiting, skipped',
      collect,
    )
    .option('--since <time>', 'only captures recorded since: 2h, 2026-11-23, 2026-11-23T14:00')
    .option('--until <time>', 'only captures recorded before');
}
