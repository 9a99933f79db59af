import { plural } from '../../amounts.js';
import type { ErasedNotice, ErasurePlanNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';

const maxShown = 20;

/** What an erasure would do. Names the identifiers, since only a person can confirm them. */
export function planText(notice: ErasurePlanNotice, style: Style): string {
  const { contacts, linked, events, captures, removed, redis } = notice;
  const isFound = events + captures + removed + (redis?.calls ?? 0) > 0;
  const lines = [
    isFound
      ? `Would erase ${plural(events, 'event')} of ${plural(contacts, 'contact')}: ${changes(captures, removed)}.`
      : `Nothing of ${plural(contacts, 'contact')} is left. The files of the store may still hold what was removed before.`,
  ];
  if (linked.length > 0) {
    const more = linked.length - maxShown;
    const shown = linked.slice(0, maxShown).map((id) => `  ${visible(id)}`);
    lines.push('Also found by these identifiers, which stand beside the given ones:', ...shown);
    if (more > 0) lines.push(`  ${style.faint(`+${more} more`)}`);
  }
  lines.push(...sharedLines(notice.shared));
  if (redis)
    lines.push(`On Redis: ${plural(redis.events, 'event')} in ${plural(redis.calls, 'call')}.`);
  lines.push(...searchLines(notice.unsearchable));
  return `${lines.join('\n')}\n`;
}

/** A receipt without personal data. */
export function receiptText(notice: ErasedNotice, style: Style): string {
  const { contacts, events, captures, removed, answers, redis, linked, unreached } = notice;
  const facts: [string, string][] = [
    ['time', notice.time],
    ['identifiers', linked > 0 ? `those given, and ${linked} found beside them` : 'those given'],
    ['captures', changes(captures, removed)],
    ['answers', `${plural(answers, 'answer')} of handlers erased`],
    ...(redis
      ? [
          ['Redis', `${plural(redis.events, 'event')} in ${plural(redis.calls, 'call')}`] as [
            string,
            string,
          ],
        ]
      : []),
    ['files', 'rewritten, so that free space holds nothing either'],
  ];
  const lines = [
    `Erased ${plural(events, 'event')} of ${plural(contacts, 'contact')}.`,
    ...facts.map(([name, text]) => `  ${style.faint(name.padEnd(13))}${text}`),
    ...sharedLines(notice.shared),
    style.bold('Not reached:'),
    ...unreached.map(({ text }) => `  ${visible(text)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function changes(captures: number, removed: number): string {
  const changed = `${plural(captures, 'capture')} changed`;
  return removed === 0 ? changed : `${changed}, ${removed} removed as a whole`;
}

function sharedLines(shared: number): string[] {
  if (shared === 0) return [];
  const they = shared === 1 ? 'also belongs to another contact' : 'also belong to other contacts';
  return [
    `${plural(shared, 'identifier')} beside the given ones ${they}, so events with it alone stay. To erase them, too, name it with --who.`,
  ];
}

function searchLines(unsearchable: number): string[] {
  if (unsearchable === 0) return [];
  return [
    `${plural(unsearchable, 'capture')} cannot be searched, since the body cannot be decoded.`,
  ];
}
