import type { CommandContext } from '../../cli/command.js';
import { withoutUserinfo } from '../../cli/option-values.js';
import type { View } from '../../cli/reporter.js';
import type {
  DroppedNotice,
  QueuedNotice,
  QueueNotice,
  RetriedNotice,
  WarningNotice,
} from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { styleFor } from '../../output/style.js';
import { plural } from '../plural.js';
import { countsLine, countsText } from './counts-text.js';
import { queueAdvice } from './queue-advice.js';
import { queuedLine, queuedLogLine } from './queued-lines.js';
import type { QueueRequest } from './request.js';

export type QueueCommandNotice =
  | QueueNotice
  | QueuedNotice
  | RetriedNotice
  | DroppedNotice
  | WarningNotice;

/** `several`: calls of more than one target are listed. */
export async function createQueueView(
  request: Exclude<QueueRequest, { readonly kind: 'work' }>,
  { host, global }: CommandContext,
  several: boolean,
): Promise<View<QueueCommandNotice>> {
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const terminal = host.stdout.isTTY === true;
  const redis = request.redis && withoutUserinfo(request.redis.href);
  return (notice) => {
    switch (notice.type) {
      case 'queue': {
        const counts = terminal
          ? countsText(notice, out, host.now())
          : countsLine(notice, host.now());
        const advice = queueAdvice(notice, redis).map((line) => `${err.warn(visible(line))}\n`);
        return { out: counts, err: advice.join('') };
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
      case 'retried': {
        if (notice.calls === 0) return undefined;
        const moved = notice.to === null ? '' : `moved to ${visible(notice.to)}, and `;
        return { err: `${were(notice.calls)} ${moved}made due now.\n` };
      }
      case 'dropped':
        if (notice.calls === 0) return undefined;
        return { err: `${were(notice.calls)} dropped. What was captured stays in the history.\n` };
      case 'warning':
        // That nothing is queued is what was asked, and nothing to be warned of.
        return notice.code === 'nothing_queued'
          ? { out: `${notice.message}\n` }
          : { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}

function were(calls: number): string {
  return `${plural(calls, 'call')} ${calls === 1 ? 'was' : 'were'}`;
}
