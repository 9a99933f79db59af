import { grouped, plural } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { wrapped } from '../../output/columns.js';
import { timesNote } from '../../output/local-time.js';
import type {
  DroppedNotice,
  MovedNotice,
  PauseNotice,
  QueuedNotice,
  QueueNotice,
  RetriedNotice,
  TimesNotice,
  WarningNotice,
} from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { styleFor } from '../../output/style.js';
import { countsLine, countsText } from './counts-text.js';
import { queuedLine, queuedLogLine } from './queued-lines.js';

export type QueueCommandNotice =
  | QueueNotice
  | QueuedNotice
  | RetriedNotice
  | DroppedNotice
  | MovedNotice
  | PauseNotice
  | TimesNotice
  | WarningNotice;

/** `several`: the listed calls have more than one target. */
export async function createQueueView(
  { host, global }: CommandContext,
  several: boolean,
): Promise<View<QueueCommandNotice>> {
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const terminal = host.stdout.isTTY === true;
  let blocks = 0;
  return (notice) => {
    switch (notice.type) {
      case 'queue': {
        const space = blocks > 0 ? '\n' : '';
        blocks += 1;
        return {
          out: terminal
            ? wrapped(`${space}${countsText(notice, out, host.now())}`, host.stdout)
            : countsLine(notice, host.now()),
        };
      }
      case 'queued': {
        const line = terminal
          ? queuedLine(notice, {
              style: out,
              columns: host.stdout.columns,
              now: host.now(),
              several,
            })
          : queuedLogLine(notice, { now: host.now(), several });
        return { out: line };
      }
      case 'times':
        return { err: `${err.faint(timesNote(host.now(), false))}\n` };
      case 'retried': {
        if (notice.dryRun) return { out: `${planText(notice)}\n` };
        if (notice.calls === 0) return undefined;
        const calls = plural(notice.calls, 'call');
        const are = notice.calls === 1 ? 'is' : 'are';
        const there = notice.to === null ? '' : `for ${visible(notice.to)} from now on, and `;
        return { err: `${calls} ${are} ${there}due now.\n` };
      }
      case 'dropped':
        if (notice.calls === 0) return undefined;
        return {
          err: `Dropped ${plural(notice.calls, 'call')}. The captures stay in the history.\n`,
        };
      case 'moved': {
        if (notice.calls === 0) return { out: nothingMoved(notice) };
        const where = notice.to === null ? 'the store' : visible(notice.to);
        return notice.dryRun
          ? { out: `${plural(notice.calls, 'call')} would be moved to ${where}.\n` }
          : { err: `Moved ${plural(notice.calls, 'call')} to ${where}.\n` };
      }
      case 'paused':
        return { err: `Paused ${visible(notice.target)}. Its calls wait until it is resumed.\n` };
      case 'resumed':
        return { err: `Resumed ${visible(notice.target)}. Its calls are sent now.\n` };
      case 'warning':
        // An empty queue is a result, not a warning.
        return notice.code === 'nothing_queued'
          ? { out: `${notice.message}\n` }
          : { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}

function planText({ calls, to, states = {} }: RetriedNotice): string {
  const there = to === null ? '' : ` to ${visible(to)}`;
  const what = Object.entries(states).map(([state, count]) => `${grouped(count)} ${state}`);
  if (calls === 0) return 'No call would be sent.';
  return `${plural(calls, 'call')} would be sent${there}: ${what.join(', ')}.`;
}

function nothingMoved({ from }: MovedNotice): string {
  return from === null
    ? 'No call waits in the store.\n'
    : `No call of this store waits on ${visible(from)}.\n`;
}
