import { plural } from '../../amounts.js';
import { clockTime } from '../../output/local-time.js';
import type {
  ChangesNotice,
  FailuresNotice,
  RoundNotice,
  WatchingNotice,
} from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { shellWord } from '../../output/shell-word.js';
import type { Style } from '../../output/style.js';
import { shortPath } from './short-path.js';

const reasonTexts: Readonly<Record<RoundNotice['reason'], string>> = {
  start: '',
  change: 'a file changed',
  enter: 'Enter',
  back: 'the endpoint is back',
};

export function roundText({ round, time, reason, files }: RoundNotice, style: Style): string {
  const [first, ...others] = files.map(visible);
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const why = first === undefined ? reasonTexts[reason] : `${first}${more} changed`;
  return `\n${style.bold(`Run ${round}`)}  ${style.faint(`${clockTime(time)}, ${why}`)}\n\n`;
}

export function changesText({ mended, added, remaining }: ChangesNotice, style: Style): string {
  const names = (found: ChangesNotice['added']) =>
    found.map(({ check, code }) => `${check} (${code})`).join(', ');
  const lines = [
    mended.length > 0 ? `${style.good('Mended')}  ${names(mended)}\n` : '',
    added.length > 0 ? `${style.bad('New')}     ${names(added)}\n` : '',
    remaining.length > 0 ? `${style.faint('Still')}   ${names(remaining)}\n` : '',
  ].join('');
  return lines || 'Nothing changed.\n';
}

export function watchingText({ paths, enter, down }: WatchingNotice): string {
  const starts = [
    `a change in ${paths.map((path) => (path === '.' ? 'this folder' : visible(path))).join(', ')}`,
    ...(enter ? ['Enter'] : []),
    ...(down ? ['the endpoint when it is back'] : []),
  ];
  return `\nThe next run starts with ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(starts)}. Ctrl-C stops.\n`;
}

export function failuresText({ folder, calls, script }: FailuresNotice, cwd: string): string {
  const shown = visible(shortPath(folder, cwd));
  if (script === null) return `No call failed, so ${shown} holds none.\n`;
  const command = `bash ${shellWord(shortPath(script, cwd))}`;
  return `${plural(calls, 'failed call')} in ${shown}. To repeat one: ${visible(command)}\n`;
}
