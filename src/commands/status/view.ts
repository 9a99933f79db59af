import { byteText, plural } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { captureLogLine } from '../../output/capture-lines.js';
import { wrapped } from '../../output/columns.js';
import { journalLine } from '../../output/journal-text.js';
import { dayAndClock, timesNote } from '../../output/local-time.js';
import type {
  JournalNotice,
  ListenerNotice,
  RedisWorkerNotice,
  StatusNotice,
  WorkerNotice,
} from '../../output/notice.js';
import { ageText, statesText } from '../../output/queue-notice.js';
import { visible } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';
import { reachText } from '../reach.js';

/** A line for each part, then the verdict. */
export async function createStatusView(
  context: CommandContext,
): Promise<View<StatusNotice | JournalNotice>> {
  const { host, global } = context;
  const style = await styleFor(host, host.stdout, global);
  return (notice) => {
    const now = host.now();
    if (notice.type === 'journal') {
      const time = host.stdout.isTTY ? dayAndClock(notice.time, now) : notice.time;
      return { out: wrapped(journalLine(notice, time), host.stdout) };
    }
    const shown = (iso: string) => (host.stdout.isTTY ? dayAndClock(iso, now) : iso);
    const text = statusText(notice, style, now, shown);
    const zone = host.stdout.isTTY ? `${style.faint(timesNote(now, false))}\n` : '';
    return { out: wrapped(`${text}${zone}`, host.stdout) };
  };
}

/** Formats a time, for a terminal or a log. */
type Shown = (iso: string) => string;

function statusText(notice: StatusNotice, style: Style, now: number, shown: Shown): string {
  const { listeners, workers, queues, redis, redisWorkers, last, store, problems, well } = notice;
  const free = store.free === null ? '' : `, ${byteText(store.free)} free on its disk`;
  const took = store.bytes === null ? 'does not exist yet' : `${byteText(store.bytes)}${free}`;
  const lines = [
    ...(listeners.length === 0 ? [['Listener', 'none']] : []),
    ...listeners.flatMap((listener) => listenerLines(listener, style, shown)),
    ...workers.map((worker) => ['Worker', workerText(worker, style, shown)]),
    ...queues.map((queue) => ['Queue', queueText(queue, now)]),
    ...(redis ?? []).map((queue) => ['Redis', queueText(queue, now)]),
    ...(redisWorkers ?? []).map((worker) => ['', redisWorkerText(worker, style, shown)]),
    ...queues.flatMap((queue) => skippedLine(queue, style)),
    [
      'Last call',
      last ? captureLogLine({ ...last, time: shown(last.time) }).trimEnd() : 'none yet',
    ],
    ['Store', `${visible(store.folder)}  ${took}`],
    ...(store.reach ? [['History', reachText(store.reach, shown)]] : []),
  ];
  const verdict = well
    ? style.good('All is well.')
    : problems.map((problem) => style.bad(visible(problem))).join('\n');
  return `${lines.map(([name = '', text = '']) => `${style.faint(name.padEnd(11))}${text}\n`).join('')}\n${verdict}\n`;
}

const healthTexts: Readonly<Record<ListenerNotice['health'], string>> = {
  ok: 'answers',
  failing: 'cannot record',
  silent: 'does not answer',
  unasked: 'runs; it has no health path',
};

function listenerLines(listener: ListenerNotice, style: Style, shown: Shown): string[][] {
  const { url, pid, started, health, inspector } = listener;
  const words = [
    style.accent(visible(url)),
    `pid ${pid}`,
    `since ${shown(started)}`,
    healthTexts[health],
  ];
  return [
    ['Listener', words.join('  ')],
    ...(inspector === null ? [] : [['Inspector', style.accent(visible(inspector))]]),
  ];
}

function workerText(
  { to, queue, pid, started, breaker }: WorkerNotice,
  style: Style,
  shown: Shown,
): string {
  const words = [
    `forwards to ${style.accent(visible(to))}`,
    queue === null ? '' : `from ${visible(queue)}`,
    `pid ${pid}`,
    `since ${shown(started)}`,
    breaker.state === 'closed' ? '' : style.bad('is throttled'),
  ];
  return words.filter(Boolean).join('  ');
}

function redisWorkerText(
  { to, host, pid, started }: RedisWorkerNotice,
  style: Style,
  shown: Shown,
): string {
  return `worker on ${visible(host)}  forwards to ${style.accent(visible(to))}  pid ${pid}  since ${shown(started)}`;
}

/** Calls that were answered 200 without being forwarded must be visible. */
function skippedLine({ unforwarded }: StatusNotice['queues'][number], style: Style): string[][] {
  if (unforwarded === 0) return [];
  const were = unforwarded === 1 ? 'was' : 'were';
  const text = `${plural(unforwarded, 'call')} without readable data ${were} not forwarded: netcore-hook history list --outcome skipped`;
  return [['Skipped', style.warn(text)]];
}

function queueText(queue: StatusNotice['queues'][number], now: number): string {
  const age = ageText(queue, now);
  const words = [
    visible(queue.target),
    queue.queue === null ? '' : `through ${visible(queue.queue)}`,
    statesText(queue),
    age === '' ? '' : `the oldest has waited ${age}`,
  ];
  return words.filter(Boolean).join('  ');
}
