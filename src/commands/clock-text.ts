import { waitWords } from '../amounts.js';
import type { StatusNotice } from '../output/notice.js';
import { type ClockTrouble, doubtMs } from '../store/age-clock.js';

type ClockNotice = NonNullable<StatusNotice['store']['clock']>;

export function clockNotice({ since, aheadMs, ranMs }: ClockTrouble): ClockNotice {
  return { since, ahead: aheadMs, left: Math.max(0, doubtMs - ranMs) };
}

/** Describes a clock fault, its effect on captures and the remedy. */
export function clockText({ since, ahead, left }: ClockNotice, keepFor = '--keep-for 30d'): string {
  const by = waitWords(Math.abs(ahead));
  const what = {
    jump: `The clock has jumped ${ahead > 0 ? 'ahead' : 'back'} by ${by}`,
    gap: `The clock is ${by} ${ahead > 0 ? 'ahead of' : 'behind'} the time when this store was last in use`,
  };
  return `${what[since]}. Captures are not removed by age until it is correct again, or for another ${waitWords(left)}. To remove old ones now: netcore-hook history prune ${keepFor}`;
}
