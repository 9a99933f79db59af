import { byteText, waitWords } from '../../amounts.js';
import type { StatusNotice } from '../../output/notice.js';
import { clockText } from '../clock-text.js';
import { limitText } from '../retention.js';

const dayMs = 24 * 3_600_000;

/** The problems with a store's retention, one sentence each. `now` in milliseconds since 1970. */
export function storeProblems(
  { reach, overSize, clock }: StatusNotice['store'],
  now: number,
): string[] {
  return [
    ...reachProblem(reach, now),
    ...sizeProblem(overSize),
    ...(clock ? [clockText(clock)] : []),
  ];
}

/** Less than a day of history is rarely intended; after a day, the user knows. */
function reachProblem(reach: StatusNotice['store']['reach'], now: number): string[] {
  if (!reach?.since || !reach.time) return [];
  const { cause } = reach;
  if (cause !== 'keep' && cause !== 'keep_size') return [];
  const removed = Date.parse(reach.time);
  const age = removed - Date.parse(reach.since);
  if (age >= dayMs || now - removed >= dayMs) return [];
  const limit = limitText({ cause, limit: reach.limit });
  const [option = ''] = limit.split(' ');
  return [
    `${limit} removes captures that are ${waitWords(age)} old. Raise ${option}, or lower --keep-for if that is enough.`,
  ];
}

function sizeProblem(overSize: StatusNotice['store']['overSize']): string[] {
  if (!overSize) return [];
  const limit = limitText({ cause: 'keep_size', limit: overSize.limit });
  return [
    `Waiting and dead calls take ${byteText(overSize.bytes)}, more than ${limit}. They are kept: netcore-hook queue`,
  ];
}
