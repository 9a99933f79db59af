import { answerTime, grouped, plural } from '../amounts.js';
import { shortId } from '../call/capture-id.js';
import type { CommandContext } from '../cli/command.js';
import type { View } from '../cli/reporter.js';
import { paintStatus } from '../output/capture-lines.js';
import type {
  AttemptNotice,
  PayloadNotice,
  PrintedNotice,
  SentNotice,
  SummaryNotice,
  WarningNotice,
} from '../output/notice.js';
import { createProgress } from '../output/progress.js';
import { visible } from '../output/safe.js';
import { type Style, styleFor } from '../output/style.js';
import { printedText } from './print-call.js';

/** The notices of any run of calls. */
export type SendNotice =
  | AttemptNotice
  | SummaryNotice
  | PayloadNotice
  | PrintedNotice
  | WarningNotice;

/** Up to this many calls get a line each; above, there is progress and a summary. */
export const maxCallLines = 20;

export interface SendView {
  readonly show: View<SendNotice>;
  /** Announces the run. */
  readonly begin: () => void;
  /** Removes the progress. */
  readonly end: () => void;
}

/**
 * Shows a line for each of few calls, else progress, one example of each failure, and a summary.
 */
export async function createSendView(
  context: CommandContext,
  run: {
    /** Undefined: unknown, but many. */
    readonly calls: number | undefined;
    readonly to: string;
  },
): Promise<SendView> {
  const { host, global } = context;
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const few = run.calls !== undefined && run.calls <= maxCallLines;
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
        if (notice.status === 200 || shown.has(outcome) || shown.size >= maxCallLines)
          return undefined;
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
    const { calls: number } = run;
    const calls = number === undefined ? 'calls' : plural(number, 'call');
    if (!silent) host.stderr.write(`${err.faint(`Sending ${calls} to ${visible(run.to)}`)}\n`);
  };
  return { show, begin, end: () => progress?.end() };
}

function attemptLines(notice: AttemptNotice, style: Style): string {
  const words = [
    notice.status === null ? style.bad('---') : paintStatus(notice.status, style),
    style.faint(answerTime(notice.ms).padStart(8)),
    notice.sent === undefined ? '' : sentText(notice.sent, style),
    notice.capture === undefined ? '' : style.faint(shortReference(notice.capture)),
  ];
  const line = words.filter(Boolean).join('  ');
  const reason = notice.reason === null ? '' : `               ${visible(notice.reason)}\n`;
  return `${line}\n${reason}`;
}

/** `1pbwvphf70`, or `1pbwvphf70.3` for one event of it. */
function shortReference(reference: string): string {
  const [id = '', event] = reference.split('.');
  return event === undefined ? shortId(id) : `${shortId(id)}.${event}`;
}

function sentText({ what, events, msgid }: SentNotice, style: Style): string {
  const count = events > 1 ? `  ${events} events` : '';
  const id = msgid === null ? '' : style.faint(`  msgid ${visible(msgid)}`);
  return `${style.bold(visible(what))}${count}${id}`;
}

function progressText(done: number, calls: number | undefined, not200: number): string {
  const wrong = not200 > 0 ? `, ${grouped(not200)} not answered 200` : '';
  const of = calls === undefined ? '' : ` of ${grouped(calls)}`;
  return `${grouped(done)}${of} calls${wrong}`;
}

function summaryText(notice: SummaryNotice, planned: number | undefined, style: Style): string {
  const { calls, statuses } = notice;
  const counts = Object.entries(statuses).map(([status, count]) => {
    if (status === 'none') return style.bad(`${grouped(count)} without an answer`);
    return `${grouped(count)} × ${paintStatus(Number(status), style)}`;
  });
  const of = planned !== undefined && calls < planned ? ` of ${grouped(planned)}` : '';
  const times =
    notice.p50 === null
      ? ''
      : `  ${style.faint(`p50 ${answerTime(notice.p50)}  p95 ${answerTime(notice.p95)}  p99 ${answerTime(notice.p99)}`)}`;
  return `${style.bold(`${grouped(calls)}${of} calls`)}  ${counts.join(', ')}${times}\n`;
}
