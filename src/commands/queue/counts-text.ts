import { grouped } from '../../amounts.js';
import { deliveryStates } from '../../call/delivery.js';
import type { QueueNotice } from '../../output/notice.js';
import {
  ageText,
  pauseText,
  stateNote,
  statesText,
  targetText,
} from '../../output/queue-notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import { paintState } from './queued-lines.js';

/** The counts of a target as text: a line for each state in use. */
export function countsText(notice: QueueNotice, style: Style, now: number): string {
  const { queue, states, unforwarded } = notice;
  const rows = deliveryStates
    .filter((state) => states[state] > 0)
    .map((state) => ({ state, count: grouped(states[state]) }));
  const width = Math.max(...rows.map(({ count }) => count.length));
  const through = queue === null ? '' : style.faint(`  through ${visible(queue)}`);
  const lines = rows.map(
    ({ state, count }) =>
      `  ${style.bold(count.padStart(width))}  ${paintState(state, style)}${stateNote(state, unforwarded)}`,
  );
  const age = ageText(notice, now);
  if (age !== '') lines.push(`  ${style.faint(`the oldest has waited ${age}`)}`);
  const pause = pauseText(notice, now);
  if (pause !== '') lines.push(`  ${style.warn(pause)}`);
  return `${style.bold(visible(targetText(notice)))}${through}\n${lines.join('\n')}\n`;
}

export function countsLine(notice: QueueNotice, now: number): string {
  const age = ageText(notice, now);
  const words = [
    visible(targetText(notice)),
    notice.queue === null ? '' : `through ${visible(notice.queue)}`,
    statesText(notice),
    age === '' ? '' : `the oldest has waited ${age}`,
    pauseText(notice, now),
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}
