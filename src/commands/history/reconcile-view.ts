import { grouped, plural, waitWords } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { padTo, wrapped } from '../../output/columns.js';
import { clockTime, localDay, localMinute, zoneAt } from '../../output/local-time.js';
import type {
  ColumnsNotice,
  MessageTotalNotice,
  ReconciledNotice,
  ReconciledRow,
  ReconcilePlanNotice,
  TotalsNotice,
  WarningNotice,
} from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { shellWord } from '../../output/shell-word.js';
import { type Style, styleFor } from '../../output/style.js';
import { totalLine, totalsHeader, totalsText } from './totals-text.js';

export type ReconcileNotice =
  | ColumnsNotice
  | ReconcilePlanNotice
  | ReconciledNotice
  | MessageTotalNotice
  | TotalsNotice
  | WarningNotice;

export async function createReconcileView(context: CommandContext): Promise<View<ReconcileNotice>> {
  const { host, global } = context;
  const style = await styleFor(host, host.stdout, global);
  const errStyle = await styleFor(host, host.stderr, global);
  const out = (text: string) => ({ out: wrapped(text, host.stdout) });
  let totals = 0;
  return (notice) => {
    switch (notice.type) {
      case 'columns':
        return out(`${columnsText(notice, style)}\n`);
      case 'reconcile_plan':
        return out(planText(notice));
      case 'reconciled':
        return out(reconciledText(notice, style));
      case 'message_total':
        totals += 1;
        return { out: `${totals === 1 ? totalsHeader : ''}${totalLine(notice, style)}` };
      case 'totals':
        return out(totalsText(notice, style));
      case 'warning':
        return { err: `${errStyle.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}

function columnsText(notice: ColumnsNotice, style: Style): string {
  const { side, file, form, fields, ignored, rows } = notice;
  const width = Math.max(...fields.map(({ field }) => field.length));
  const lines = fields.map(
    ({ field, columns }) =>
      `  ${field.padEnd(width)}  ${columns.map((column) => visible(column)).join(', else ')}`,
  );
  return [
    style.bold(`--${side}  ${visible(file)} (${form})`),
    ...lines,
    ...(ignored.length > 0
      ? [style.faint(`  not used: ${ignored.map((name) => visible(name)).join(', ')}`)]
      : []),
    ...rows.map((row) => `  ${rowText(row, style)}`),
    '',
  ].join('\n');
}

function planText({ expected, in: found, key, within }: ReconcilePlanNotice): string {
  const tolerance = within === null ? '' : `, with times within ${waitWords(within)}`;
  return `Compares ${key.join(', ')}${tolerance}: what is in ${visible(expected)} must be in ${visible(found)}.\n`;
}

function reconciledText(notice: ReconciledNotice, style: Style): string {
  const { expected, in: found, missing, unexpected, unconfirmed, both, key, within } = notice;
  const facts: [label: string, text: string][] = [
    ['Expected', sideText(expected)],
    ['In', sideText(found)],
    ['Equal by', `${key.join(', ')}${within === null ? '' : `, time within ${waitWords(within)}`}`],
    ['In both', grouped(both)],
    ['Missing', `${grouped(missing)}${spanText(notice)}`],
    ['More than once', grouped(found.repeated)],
    ['Unexpected', grouped(unexpected)],
    ...(unconfirmed > 0
      ? [
          ['Not confirmed', `${grouped(unconfirmed)}, sent without an answer of 200`] as [
            string,
            string,
          ],
        ]
      : []),
  ];
  return [
    ...facts.map(([label, text]) => `${label.padEnd(14)}  ${text}`),
    ...silentLines(notice),
    ...histogramLines(notice, style),
    ...rowLines('Missing', notice.missingRows, missing - silentEvents(notice), style),
    ...rowLines('Unexpected', notice.unexpectedRows, unexpected, style),
    ...zoneLines(notice, style),
    '',
    verdict(notice, style),
    '',
  ].join('\n');
}

function zoneLines({ missingRows, unexpectedRows }: ReconciledNotice, style: Style): string[] {
  const time = [...missingRows, ...unexpectedRows].find((row) => row.time !== null)?.time;
  return time ? ['', style.faint(`Times are local, ${zoneAt(time)}.`)] : [];
}

function sideText({ name, isStore, rows, repeated }: ReconciledNotice['in']): string {
  const repeats =
    repeated > 0 ? `, ${plural(repeated, 'of them a repeat', 'of them repeats')}` : '';
  return `${visible(name)}: ${plural(rows, isStore ? 'event' : 'row')}${repeats}`;
}

function spanText({ first, last }: ReconciledNotice): string {
  if (first === null || last === null) return '';
  return first === last ? `, at ${second(first)}` : `, from ${second(first)} to ${second(last)}`;
}

function silentEvents({ silent }: ReconciledNotice): number {
  return silent.reduce((sum, { events }) => sum + events, 0);
}

const maxSilentLines = 20;

function silentLines({ silent, in: found }: ReconciledNotice): string[] {
  if (silent.length === 0) return [];
  const lines = silent.slice(0, maxSilentLines).map(({ msgid, channel, event, events }) => {
    const what = `${channel === '' ? '' : `${channel} `}${event} of msgid ${msgid}`;
    return found.isStore
      ? `No ${visible(what)} ever came (${grouped(events)} expected): is there a webhook node for it?`
      : `No ${visible(what)} is in ${visible(found.name)} (${grouped(events)} expected): does the handler store it?`;
  });
  const more = silent.length - lines.length;
  return [
    '',
    ...lines,
    ...(more > 0 ? [`… and ${plural(more, 'more such activity', 'more such activities')}`] : []),
  ];
}

const barWidth = 30;

function histogramLines(
  { histogram, downtimes, in: found, listenersSince, first }: ReconciledNotice,
  style: Style,
): string[] {
  const { step, counts } = histogram;
  if (counts.length === 0) return [];
  const max = Math.max(...counts.map(({ events }) => events));
  const digits = grouped(max).length;
  const lines = counts.map(({ start, events }) => {
    const from = Date.parse(start);
    const during = downtimes.some(
      (each) =>
        Date.parse(each.from) < from + step * 1000 &&
        (each.until === null || Date.parse(each.until) > from),
    );
    const bar = '█'.repeat(Math.max(1, Math.round((events / max) * barWidth)));
    return `${localMinute(start)}  ${grouped(events).padStart(digits)}  ${style.accent(during ? padTo(bar, barWidth) : bar)}${during ? '  no listener ran' : ''}`;
  });
  const known =
    found.isStore && first !== null && (listenersSince === null || listenersSince > first)
      ? [
          listenersSince === null
            ? 'The store does not know when its listeners ran before.'
            : `The store knows when its listeners ran only since ${second(listenersSince)}.`,
        ]
      : [];
  return [
    '',
    `Missing by ${stepWords(step)}`,
    ...lines,
    ...downtimes.map(({ from, until }) =>
      until === null
        ? `No listener has run since ${second(from)}.`
        : `No listener ran from ${second(from)} to ${second(until)}.`,
    ),
    ...known,
  ];
}

function stepWords(seconds: number): string {
  const words: Readonly<Record<number, string>> = { 60: 'minute', 3600: 'hour', 86400: 'day' };
  return words[seconds] ?? waitWords(seconds * 1000);
}

function rowLines(
  title: string,
  rows: readonly ReconciledRow[],
  total: number,
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const heading =
    total > rows.length ? `${title}, the first ${rows.length} of ${grouped(total)}` : title;
  return ['', heading, ...rows.map((row) => rowText(row, style))];
}

function rowText(
  { at, panel, msgid, who, channel, event, time }: ReconciledRow,
  style: Style,
): string {
  const parts = [
    ...(time === null ? [] : [second(time)]),
    ...[channel, event].filter((part) => part !== ''),
    ...(msgid === '' ? [] : [`msgid ${msgid}`]),
    ...(who === '' ? [] : [who]),
    ...(panel === '' || who !== '' ? [] : [panel]),
  ];
  return `${visible(parts.join('  '))}  ${style.faint(visible(at))}`;
}

function verdict(
  { expected, in: found, missing, both, written }: ReconciledNotice,
  style: Style,
): string {
  const of = plural(both + missing, 'expected event');
  const name = visible(found.name);
  const where = written === null || missing === 0 ? '' : ` Written to ${visible(written)}.`;
  if (missing > 0) {
    const again =
      written !== null && expected.isStore
        ? ` To send them again: xargs netcore-hook replay < ${visible(shellWord(written))}`
        : '';
    return `${style.bad(`${grouped(missing)} of ${of} ${missing === 1 ? 'is' : 'are'} missing in ${name}.`)}${where}${again}`;
  }
  if (both === 0) return style.warn('Nothing was expected.');
  return style.good(both === 1 ? `The expected event is in ${name}.` : `All ${of} are in ${name}.`);
}

/** A local date and time. */
function second(iso: string): string {
  return `${localDay(new Date(iso))} ${clockTime(iso)}`;
}
