import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import type {
  AttemptNotice,
  PayloadNotice,
  PrintedNotice,
  SentNotice,
  SummaryNotice,
  WarningNotice,
} from '../../output/notice.js';
import { createProgress } from '../../output/progress.js';
import { visible } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';
import { paintStatus } from '../capture-lines.js';
import { printedText } from '../print-call.js';

export type SendNotice =
  | AttemptNotice
  | SummaryNotice
  | PayloadNotice
  | PrintedNotice
  | WarningNotice;

/** Up to so many calls each has a line of its own; beyond, there is progress and a summary. */
const fewCalls = 20;

export interface SendView {
  readonly show: View<SendNotice>;
  /** Says what is about to happen. */
  readonly begin: () => void;
  /** Takes the progress away, whatever happened. */
  readonly end: () => void;
}

/** A line a call when there are few, else progress, one example of each failure, and a summary. */
export async function createSendView(
  context: CommandContext,
  run: { readonly calls: number; readonly to: string },
): Promise<SendView> {
  const { host, global } = context;
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const few = run.calls <= fewCalls;
  const shown = new Set<string>();
  const silent = global.json || global.quiet;
  const progress = silent || few ? undefined : await createProgress(context);
  let done = 0;
  let not200 = 0;

  const show: View<SendNotice> = (notice) => {
    switch (notice.type) {
      case 'attempt': {
        done += 1;
        if (notice.status !== 200) not200 += 1;
        progress?.update(progressText(done, run.calls, not200));
        if (few) return { out: attemptLines(notice, out) };
        const outcome = notice.status === null ? `none ${notice.reason}` : String(notice.status);
        if (notice.status === 200 || shown.has(outcome) || shown.size >= fewCalls) return undefined;
        shown.add(outcome);
        progress?.clear();
        return { err: attemptLines(notice, err) };
      }
      case 'summary':
        progress?.end();
        return run.calls === 1 ? undefined : { out: summaryText(notice, run.calls, out) };
      case 'warning':
        progress?.clear();
        return { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
      default:
        return { out: printedText(notice) };
    }
  };
  const begin = () => {
    const calls = `${grouped(run.calls)} ${run.calls === 1 ? 'call' : 'calls'}`;
    if (!silent) host.stderr.write(`${err.faint(`Sending ${calls} to ${visible(run.to)}`)}\n`);
  };
  return { show, begin, end: () => progress?.end() };
}

function attemptLines(notice: AttemptNotice, style: Style): string {
  const words = [
    notice.status === null ? style.bad('---') : paintStatus(notice.status, style),
    style.faint(duration(notice.ms).padStart(8)),
    notice.sent === undefined ? '' : sentText(notice.sent, style),
  ];
  const line = words.join('  ').trimEnd();
  const reason = notice.reason === null ? '' : `               ${visible(notice.reason)}\n`;
  return `${line}\n${reason}`;
}

function sentText({ what, events, msgid }: SentNotice, style: Style): string {
  const count = events > 1 ? `  ${events} events` : '';
  const id = msgid === null ? '' : style.faint(`  msgid ${visible(msgid)}`);
  return `${style.bold(visible(what))}${count}${id}`;
}

function progressText(done: number, calls: number, not200: number): string {
  const wrong = not200 > 0 ? `, ${grouped(not200)} not answered 200` : '';
  return `${grouped(done)} of ${grouped(calls)} calls${wrong}`;
}

function summaryText(notice: SummaryNotice, planned: number, style: Style): string {
  const { calls, statuses } = notice;
  const counts = Object.entries(statuses).map(([status, count]) => {
    if (status === 'none') return style.bad(`${grouped(count)} without an answer`);
    return `${grouped(count)} × ${paintStatus(Number(status), style)}`;
  });
  const of = calls < planned ? ` of ${grouped(planned)}` : '';
  const times =
    notice.p50 === null
      ? ''
      : `  ${style.faint(`p50 ${duration(notice.p50)}  p95 ${duration(notice.p95)}  p99 ${duration(notice.p99)}`)}`;
  return `${style.bold(`${grouped(calls)}${of} calls`)}  ${counts.join(', ')}${times}\n`;
}

function duration(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `1,234`, without loading Intl for it. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
