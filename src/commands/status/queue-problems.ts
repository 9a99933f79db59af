import { plural, waitWords } from '../../amounts.js';
import type { QueueEntry } from '../../call/delivery.js';
import type { QueueNotice, RedisWorkerNotice, WorkerNotice } from '../../output/notice.js';
import { ageText, callsThatWait, pauseText } from '../../output/queue-notice.js';
import { shellWord } from '../../output/shell-word.js';

type Counts = Omit<QueueNotice, 'type'>;

/** A failed call that blocks later calls of the same panels, since their order is kept. */
export interface HeldPanels {
  readonly entry: QueueEntry;
  readonly panels: readonly string[];
}

/** A queue is unhealthy when its oldest call has waited longer than this, in milliseconds. */
export const maxAge = 5 * 60_000;

/** The problems with forwarding, one sentence each. `now` in milliseconds since 1970. */
export function queueProblems(
  queues: readonly Counts[],
  workers: readonly WorkerNotice[],
  held: readonly HeldPanels[],
  now: number,
): string[] {
  return [
    ...workers.flatMap((worker) => breakerProblem(worker, now)),
    ...held.map((each) => orderProblem(each, now)),
    ...queues.flatMap((queue) => [
      ...pauseProblem(queue, now),
      ...waitProblem(queue, workers, now),
      ...deadProblem(queue),
    ]),
  ];
}

function breakerProblem({ to, breaker }: WorkerNotice, now: number): string[] {
  if (breaker.state === 'closed') return [];
  const { since, reason } = breaker;
  const length = since === null ? '' : ` for ${waitWords(now - Date.parse(since))}`;
  return [
    `The handler at ${to} fails${length}, and calls wait${reason === null ? '.' : `: ${reason}`}`,
  ];
}

function orderProblem({ entry, panels }: HeldPanels, now: number): string {
  const { id, tries, last, queued } = entry;
  const names = panels.map((panel) => `"${panel}"`).join(', ');
  const whose = panels.length === 1 ? `Panel ${names} waits` : `Panels ${names} wait`;
  const status = last?.status ?? null;
  const met = status === null ? 'it has no answer' : `the last answer was ${status}`;
  return `${whose} for call ${id}, because --ordered keeps the order. It was tried ${plural(tries, 'time')} in ${waitWords(now - queued)}, and ${met}. To drop it: netcore-hook queue drop ${id}`;
}

/** The problems of queues on Redis, whose workers may run anywhere. */
export function redisProblems(
  queues: readonly Counts[],
  workers: readonly RedisWorkerNotice[],
  now: number,
): string[] {
  return queues.flatMap((counts) => {
    const { queue, oldest } = counts;
    // Workers of older versions are not known.
    const none = workers.some(({ to }) => to === counts.target) ? '' : ' No worker is known.';
    const isLate = oldest !== null && now - Date.parse(oldest) > maxAge && counts.paused === null;
    return [
      ...pauseProblem(counts, now, onRedis(counts)),
      ...(isLate
        ? [
            `${plural(callsThatWait(counts), 'call waits', 'calls wait')} for ${counts.target} through ${queue}, the oldest for ${ageText(counts, now)}.${none}`,
          ]
        : []),
      ...deadProblem(counts, onRedis(counts)),
    ];
  });
}

function pauseProblem(counts: Counts, now: number, there = ''): string[] {
  const { target, paused } = counts;
  if (paused === null) return [];
  const waiting = callsThatWait(counts);
  const wait = waiting === 0 ? '' : `, and ${plural(waiting, 'call waits', 'calls wait')}`;
  return [
    `Forwarding to ${target} is ${pauseText(counts, now)}${wait}. To resume it: netcore-hook queue resume --target ${target}${there}`,
  ];
}

function waitProblem(counts: Counts, workers: readonly WorkerNotice[], now: number): string[] {
  const { target, queue, oldest } = counts;
  const waiting = callsThatWait(counts);
  if (waiting === 0 || counts.paused !== null) return [];
  const wait = plural(waiting, 'call waits', 'calls wait');
  const through = queue === null ? '' : ` through ${queue}`;
  if (!workers.some((worker) => worker.to === target && worker.queue === queue)) {
    return [`${wait} for ${target}${through}, and no worker forwards there.`];
  }
  if (oldest === null || now - Date.parse(oldest) <= maxAge) return [];
  return [`${wait} for ${target}${through}, the oldest for ${ageText(counts, now)}.`];
}

/** Commands of the store's queue do not change the calls on Redis. */
function onRedis({ queue }: Counts): string {
  return queue === null ? '' : ` --queue ${shellWord(queue)}`;
}

function deadProblem({ target, states: { dead } }: Counts, there = ''): string[] {
  if (dead === 0) return [];
  return [
    `${plural(dead, 'call')} for ${target} ${dead === 1 ? 'was' : 'were'} given up: netcore-hook queue list --dead${there}`,
  ];
}
