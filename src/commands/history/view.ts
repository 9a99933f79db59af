import { byteText, plural } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { captureLines, captureLogLine } from '../../output/capture-lines.js';
import { wrapped } from '../../output/columns.js';
import { journalLine } from '../../output/journal-text.js';
import { jsonLine } from '../../output/json-line.js';
import { dayAndClock, timesNote } from '../../output/local-time.js';
import type {
  BackupNotice,
  CaptureNotice,
  ComparedNotice,
  DifferenceNotice,
  DriftNotice,
  ErasedNotice,
  ErasurePlanNotice,
  FactsNotice,
  FieldNotice,
  FieldsNotice,
  ImportedNotice,
  JournalNotice,
  PrunedNotice,
  ReachNotice,
  RecordNotice,
  RowNotice,
  StatisticsNotice,
  TimesNotice,
  WarningNotice,
} from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { styleFor } from '../../output/style.js';
import { reachText } from '../reach.js';
import { comparedText, differenceText } from './difference-text.js';
import { planText, receiptText } from './erasure-text.js';
import { csvLine } from './event-rows.js';
import { factsText } from './facts-text.js';
import { createFieldText, driftText, fieldsText } from './fields-text.js';
import { recordText } from './record-text.js';
import { statisticsText } from './statistics-text.js';

export type HistoryNotice =
  | BackupNotice
  | JournalNotice
  | CaptureNotice
  | RecordNotice
  | StatisticsNotice
  | ImportedNotice
  | PrunedNotice
  | ErasurePlanNotice
  | ErasedNotice
  | FactsNotice
  | FieldNotice
  | DriftNotice
  | FieldsNotice
  | DifferenceNotice
  | ComparedNotice
  | RowNotice
  | ReachNotice
  | TimesNotice
  | WarningNotice;

/**
 * Lists captures as `listen` does; shows one with its headers, payload and outcome. `forPrograms`:
 * an export, which is always JSON.
 */
export async function createHistoryView(
  context: CommandContext,
  forPrograms = false,
): Promise<View<HistoryNotice>> {
  const { host, global } = context;
  const style = await styleFor(host, host.stdout, global);
  const errStyle = await styleFor(host, host.stderr, global);
  const terminal = host.stdout.isTTY === true;
  const fieldText = createFieldText(style, host.stdout.columns ?? 100);
  return (notice) => {
    switch (notice.type) {
      case 'capture':
        if (forPrograms) return { out: jsonLine(notice) };
        if ('headers' in notice) return { out: recordText(notice, style, host.now()) };
        return {
          out: terminal
            ? captureLines(notice, style, { columns: host.stdout.columns, now: host.now() })
            : captureLogLine(notice),
        };
      case 'stats':
        return {
          out: wrapped(statisticsText(notice, style, host.stdout.columns ?? 80), host.stdout),
        };
      case 'journal': {
        const time = terminal ? dayAndClock(notice.time, host.now()) : notice.time;
        return { out: wrapped(journalLine(notice, time), host.stdout) };
      }
      case 'backup': {
        const { path, captures, bytes, elsewhere } = notice;
        const there = elsewhere.map(
          (url) => `Calls that were handed over to ${visible(url)} are not in it.\n`,
        );
        return {
          err: `Copied ${plural(captures, 'capture')} (${byteText(bytes)}) to ${visible(path)}.\n${there.join('')}To restore it, copy it to captures.db in an empty folder, and pass --store <folder>.\n`,
        };
      }
      case 'imported': {
        const known = notice.known > 0 ? `, ${notice.known} already existed` : '';
        return { err: `Imported ${plural(notice.captures, 'capture')}${known}.\n` };
      }
      case 'pruned':
        return {
          err: `Removed ${plural(notice.captures, 'capture')}, kept ${notice.left}. ${notice.compacted ? 'The space is free again.' : 'New captures reuse the space; --compact returns it to the disk.'}\n`,
        };
      case 'row': {
        const line = csvLine(notice.values);
        return { out: terminal ? `${visible(line.trimEnd())}\n` : line };
      }
      case 'difference':
        return { out: differenceText(notice, style) };
      case 'compared':
        return { out: comparedText(notice) };
      case 'field':
        return { out: fieldText(notice) };
      case 'drift':
        return { out: driftText(notice, style) };
      case 'fields':
        return { out: fieldsText(notice) };
      case 'facts':
        return { out: wrapped(factsText(notice, style), host.stdout) };
      case 'erasure_plan':
        return { out: wrapped(planText(notice, style), host.stdout) };
      case 'erased':
        return { out: wrapped(receiptText(notice, style), host.stdout) };
      case 'times':
        return { err: `${errStyle.faint(timesNote(host.now(), true))}\n` };
      case 'reach': {
        const text = reachText(notice, (iso) => dayAndClock(iso, host.now()));
        return { err: `${errStyle.faint(`The history ${text}.`)}\n` };
      }
      case 'warning':
        return { err: `${errStyle.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}
