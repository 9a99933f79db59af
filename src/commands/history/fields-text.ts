import { plural } from '../../amounts.js';
import { cutTo, padTo } from '../../output/columns.js';
import { localMinute } from '../../output/local-time.js';
import type { DriftNotice, FieldNotice, FieldsNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';

const minFieldWidth = 20;
const maxFieldWidth = 48;
const typesWidth = 12;

/** A line for each field, below a heading for each kind of event. */
export function createFieldText(style: Style, columns: number): (notice: FieldNotice) => string {
  let kind = '';
  // Share, types, day, and the remark.
  const width = Math.min(maxFieldWidth, Math.max(minFieldWidth, columns - 4 - typesWidth - 36));
  return ({ channel, activity, field, types, share, last, documented }) => {
    const name = visible(kindName({ channel, activity }));
    const heading = name === kind ? '' : `${kind === '' ? '' : '\n'}${style.bold(name)}\n`;
    kind = name;
    const words = [
      padTo(cutTo(visible(field), width), width),
      percent(share).padStart(6),
      padTo(cutTo(Object.keys(types).join(', '), typesWidth), typesWidth),
      style.faint(localMinute(last).slice(0, 10)),
      documented ? '' : style.warn('undocumented'),
    ];
    return `${heading}  ${words.join('  ').trimEnd()}\n`;
  };
}

export function driftText(notice: DriftNotice, style: Style): string {
  const { change, field, types, events, documented } = notice;
  const name = visible(kindName(notice));
  const at = style.bold(visible(field ?? ''));
  const remark = documented || field === null ? '' : ', undocumented';
  const kinds = types.join(', ');
  switch (change) {
    case 'kind_added':
      return `${style.good('+')} ${style.bold(name)}: a new kind of event, ${plural(events, 'event')}\n`;
    case 'field_added':
      return `${style.good('+')} ${name}: ${at} (${kinds}) is new, in ${plural(events, 'event')}${remark}\n`;
    case 'type_added':
      return `${style.warn('~')} ${name}: ${at} is also ${kinds}, in ${plural(events, 'event')}\n`;
    case 'field_removed':
      return `${style.bad('-')} ${name}: ${at} (${kinds}) is missing\n`;
  }
}

export function fieldsText({ captures, events, fields, drift, bounded }: FieldsNotice): string {
  const counted = `${plural(captures, 'capture')}, ${plural(events, 'event')}, ${plural(fields, 'field')}`;
  const rest = bounded ? ' Further fields or kinds of events were not counted.' : '';
  if (drift === null) return `\n${counted}.${rest}\n`;
  const found = drift === 0 ? 'No drift' : plural(drift, 'difference');
  return `${found}: ${counted}.${rest}\n`;
}

function kindName({ channel, activity }: { channel: string; activity: string }): string {
  return `${channel || '-'} ${activity || '-'}`;
}

function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  return `${rounded === 0 ? '<0.1' : rounded}%`;
}
