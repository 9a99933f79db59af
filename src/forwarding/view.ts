import { plural, waitWords } from '../amounts.js';
import { shortId } from '../call/capture-id.js';
import type { CommandContext } from '../cli/command.js';
import type { View } from '../cli/reporter.js';
import { paintStatus } from '../output/capture-lines.js';
import { wrapped } from '../output/columns.js';
import { clockTime, timesNote } from '../output/local-time.js';
import type { AttemptNotice, BreakerNotice, HandlerNotice } from '../output/notice.js';
import { rateLine } from '../output/rate-line.js';
import { visible } from '../output/safe.js';
import { type Style, styleFor } from '../output/style.js';
import type { WorkNotice } from './notices.js';

/** The output of `queue work`: a line for each attempt. Outside of a terminal, lines contain no personal data. */
export async function createWorkView({ host, global }: CommandContext): Promise<View<WorkNotice>> {
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const terminal = host.stdout.isTTY === true;
  return (notice) => {
    switch (notice.type) {
      case 'working':
        return {
          err:
            `${err.bold('Working')}    ${visible(notice.queue)}\n` +
            handlersText(notice.handlers, err) +
            `Alerts     ${alertsText(notice.alerts)}\n` +
            (notice.metrics === undefined ? '' : `Metrics    ${visible(notice.metrics)}\n`) +
            (terminal ? `${err.faint(timesNote(host.now(), false))}\n` : '') +
            `${err.faint('Ctrl-C stops.')}\n\n`,
        };
      case 'attempt':
        return {
          out: terminal ? wrapped(attemptLine(notice, out), host.stdout) : attemptLogLine(notice),
        };
      case 'breaker':
        return { err: breakerLine(notice, terminal ? err : undefined) };
      case 'rate':
        return { out: rateLine(notice, terminal ? out : undefined) };
      case 'warning':
        return { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}

/** A line for each handler. */
export function handlersText(handlers: readonly HandlerNotice[], style: Style): string {
  const width = Math.max(...handlers.map(({ name }) => name?.length ?? 0));
  return handlers
    .map(({ name, to }, index) => {
      const label = index === 0 ? 'Forwards' : '';
      const named = width === 0 ? '' : `${(name ?? '').padEnd(width)} `;
      return `${label.padEnd(10)} ${named}to ${style.accent(visible(to))}\n`;
    })
    .join('');
}

/** Where alerts go. `channels`: their options. */
export function alertsText(channels: readonly string[]): string {
  if (channels.length > 0) return `by ${channels.join(', ')}`;
  return 'none. To hear of failures: --alert-email or --alert-url';
}

/** Precede a received call, and a handler's answer to it. */
export const arrows = { received: '-->', answered: '<--' };

/** An attempt's line on a terminal. */
export function attemptLine(notice: AttemptNotice, style: Style): string {
  const words = [
    `${style.faint(arrows.answered)} ${style.faint(clockTime(notice.time ?? ''))}`,
    style.faint(shortId(notice.capture ?? '')),
    notice.status === null ? style.bad('---') : paintStatus(notice.status, style),
    `${Math.round(notice.ms)} ms`,
    visible(notice.handler ?? ''),
    fateWords(notice),
    visible(notice.reason ?? ''),
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}

/** An attempt's line in a log. */
export function attemptLogLine(notice: AttemptNotice): string {
  const words = [
    notice.time,
    shortId(notice.capture ?? ''),
    'forwarded ',
    notice.status === null ? 'no answer' : String(notice.status),
    `${Math.round(notice.ms)} ms`,
    visible(notice.handler ?? ''),
    fateWords(notice),
    // A handler's answer may contain personal data. The reason for a missing answer does not.
    notice.status === null ? visible(notice.reason ?? '') : '',
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}

function fateWords({ state, number, due, time }: AttemptNotice): string {
  switch (state) {
    case 'delayed':
      return `try ${number}, again in ${waitWords(Date.parse(due ?? '') - Date.parse(time ?? ''))}`;
    case 'dead':
      return `given up after ${plural(number, 'try', 'tries')}`;
    default:
      return number > 1 ? `try ${number}` : '';
  }
}

/** The line of a change of the breaker. Without `style`, it is for a log. */
export function breakerLine(
  { state, time, to, handler, reason, since, cause }: BreakerNotice,
  style?: Style,
) {
  const when = style ? style.faint(clockTime(time)) : time;
  const subject = handler === undefined ? 'The handler' : `The handler ${visible(handler)}`;
  if (state === 'open') {
    const failure = cause === 'refusing' ? 'refuses every call' : 'fails';
    const text = `${subject} ${failure}: ${visible(reason ?? '')} Calls wait. One at a time is sent as a probe until ${visible(to)} accepts it.`;
    return `${when}  ${style ? style.bad(text) : text}\n`;
  }
  const after = since === null ? '' : ` after ${waitWords(Date.parse(time) - Date.parse(since))}`;
  const text = `${subject} works again${after}. Waiting calls are sent now.`;
  return `${when}  ${style ? style.good(text) : text}\n`;
}
