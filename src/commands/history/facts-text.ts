import { grouped, plural, waitWords } from '../../amounts.js';
import { addressKind } from '../../call/addresses.js';
import { localMinute, zoneAt } from '../../output/local-time.js';
import type { FactsNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import { offsetText } from '../panel-offset.js';

const maxAddresses = 20;

/** A line for each fact, with what to do with it. */
export function factsText(facts: FactsNotice, style: Style): string {
  const { calls, events, first, last } = facts;
  const span =
    first === null || last === null
      ? ''
      : `, ${localMinute(first)} to ${localMinute(last)}, ${zoneAt(last)}`;
  const lines: (readonly [name: string, text: string])[] = [
    ['Calls', `${plural(calls, 'call')} with ${plural(events, 'event')}${span}`],
    ['Addresses', peersText(facts)],
    ['Batches', batchText(facts)],
    ...zoneLines(facts),
    ['Repeats', repeatsText(facts)],
    ['Not 200', failuresText(facts)],
  ];
  return lines.map(([name, text]) => `${style.faint(name.padEnd(10))}${visible(text)}\n`).join('');
}

function peersText({ peers }: FactsNotice): string {
  const [first] = peers;
  if (peers.every(({ address }) => addressKind(address) !== 'public')) {
    return `${first?.address ?? '-'}: calls come through a proxy or this machine. With --trust-proxy, listen records the sender.`;
  }
  const shown = peers.slice(0, maxAddresses).map(({ address }) => address);
  const more = peers.length - shown.length;
  const rest = more > 0 ? ` and ${grouped(more)} more (--json has them)` : '';
  return `${plural(peers.length, 'address', 'addresses')}: --allow ${shown.join(',')}${rest}`;
}

function batchText({ batch: { min, median, p95, max, spanMs } }: FactsNotice): string {
  if (max === min) return `${plural(max ?? 0, 'event')} in each call`;
  const sizes = `${min} to ${plural(max ?? 0, 'event')} in a call, median ${median}, 95 % up to ${p95}`;
  return spanMs === null ? sizes : `${sizes}, which happened within ${waitWords(spanMs)}`;
}

function zoneLines({ lag, late }: FactsNotice): (readonly [name: string, text: string])[] {
  if (lag === null) return [['Lag', 'no event has a time']];
  const { offsetMinutes, zone, share, medianMs, p95Ms, maxMs } = lag;
  const name = zone === null || zone.startsWith('Etc/') ? '' : `, as in ${zone}`;
  const lateText =
    late === null || late === 0
      ? 'No event is out of order.'
      : `${percent(late)} of the events happened a minute or more before others that came first.`;
  return [
    [
      'Zone',
      `times are most likely ${offsetText(offsetMinutes)}${name}: ${percent(share)} of the events then came within an hour`,
    ],
    [
      'Lag',
      `median ${lagWords(medianMs)}, 95 % within ${lagWords(p95Ms)}, at most ${lagWords(maxMs)}. ${lateText}`,
    ],
  ];
}

function repeatsText({ repeats: { events, share, medianMs, maxMs } }: FactsNotice): string {
  if (events === 0 || share === null) return 'no event came again';
  return `${plural(events, 'event')} (${percent(share)}) came again, median after ${lagWords(medianMs ?? 0)}, at most after ${lagWords(maxMs ?? 0)}`;
}

function failuresText({ failures }: FactsNotice): string {
  const { calls, stretches, longest, statuses, repeated, repeatMedianMs, repeatTimes } = failures;
  if (calls === 0) return 'every call was answered 200';
  const answers = Object.keys(statuses).join(', ');
  const found = [
    `${plural(calls, 'call')} in ${plural(stretches, 'stretch', 'stretches')} of up to ${longest} (${answers}).`,
    repeated === 0 || repeatMedianMs === null
      ? 'None came again.'
      : `${grouped(repeated)} came again, median after ${lagWords(repeatMedianMs)}, at most ${plural(repeatTimes, 'time')}.`,
  ];
  if (failures.isLast) found.push('No call has come since the last one.');
  if (failures.nextMedianMs !== null && failures.nextMaxMs !== null) {
    found.push(
      `The next call came after ${lagWords(failures.nextMedianMs)} (median), at most ${lagWords(failures.nextMaxMs)}; otherwise after ${lagWords(failures.usualMedianMs ?? 0)}.`,
    );
  }
  return found.join(' ');
}

function lagWords(ms: number): string {
  return ms < 0 ? `-${waitWords(-ms)}` : waitWords(ms);
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
