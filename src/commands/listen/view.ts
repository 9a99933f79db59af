import { plural } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import {
  alertsText,
  arrows,
  attemptLine,
  attemptLogLine,
  breakerLine,
  handlersText,
} from '../../forwarding/view.js';
import { captureLines, captureLogLine, paintStatus } from '../../output/capture-lines.js';
import { wrapped } from '../../output/columns.js';
import { clockTime, timesNote } from '../../output/local-time.js';
import type {
  AttemptNotice,
  BreakerNotice,
  CaptureNotice,
  MissedNotice,
  PayloadNotice,
  ProblemNotice,
  RateNotice,
  ReadyNotice,
  RefusedNotice,
  ReloadedNotice,
  SummaryNotice,
  TunnelNotice,
  WarningNotice,
} from '../../output/notice.js';
import { problemText } from '../../output/problem-text.js';
import { rateLine } from '../../output/rate-line.js';
import { visible, visibleBlock } from '../../output/safe.js';
import { shellWord } from '../../output/shell-word.js';
import { type Style, styleFor } from '../../output/style.js';
import { indentJson } from '../../payload/json-text.js';
import type { RefusalCode } from '../../receiver/admission.js';
import { retentionText } from '../retention.js';
import { refusalTexts } from './refusal-texts.js';
import { tunnelLines } from './tunnel-lines.js';

export type ListenNotice =
  | ReadyNotice
  | CaptureNotice
  | PayloadNotice
  | RefusedNotice
  | WarningNotice
  | ProblemNotice
  | SummaryNotice
  | ReloadedNotice
  | TunnelNotice
  | MissedNotice
  | RateNotice
  | AttemptNotice
  | BreakerNotice;

/** Text for a terminal; elsewhere one log line for each call, without personal data. */
export async function createListenView(context: CommandContext): Promise<View<ListenNotice>> {
  const { host, global } = context;
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const terminal = host.stdout.isTTY === true;
  let arrow = '';
  let password = err.faint('as given with --auth');
  return (notice) => {
    switch (notice.type) {
      case 'ready':
        if (notice.forwardTo !== undefined) arrow = `${out.faint(arrows.received)} `;
        // With a tunnel, it is shown beside the public address.
        if (notice.generated) password = generatedText(notice.generated, err);
        return { err: banner(notice, err, terminal ? timesNote(host.now(), true) : undefined) };
      case 'tunnel': {
        const text = tunnelLines(notice, password, err);
        if (notice.state !== 'lost') password = err.faint('as before');
        return { err: text };
      }
      case 'capture':
        return {
          out: terminal
            ? arrow + captureLines(notice, out, { columns: host.stdout.columns, now: host.now() })
            : captureLogLine(notice),
        };
      case 'attempt':
        return {
          out: terminal ? wrapped(attemptLine(notice, out), host.stdout) : attemptLogLine(notice),
        };
      case 'breaker':
        return { err: breakerLine(notice, terminal ? err : undefined) };
      case 'payload':
        return { out: `${visibleBlock(indentJson(notice.payload.text))}\n` };
      case 'refused':
        return {
          out: terminal ? wrapped(refusedLine(notice, out), host.stdout) : refusedLogLine(notice),
        };
      case 'rate':
        return { out: rateLine(notice, terminal ? out : undefined) };
      case 'missed':
        return {
          out: `${plural(notice.lines, 'line')} not shown: the output was not read in time. The history has every call.\n`,
        };
      case 'reloaded':
        return { err: reloadedLine(notice, terminal ? err : undefined) };
      case 'warning':
        return { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
      case 'problem':
        return { err: problemText(notice, err) };
      case 'summary':
        return { err: `\n${summaryText(notice)}\n` };
    }
  };
}

function banner(notice: ReadyNotice, style: Style, times: string | undefined): string {
  const login = notice.users.length > 0 ? `Basic, ${quoted(notice.users)}` : 'not required';
  return (
    `${style.bold('Listening')}  ${style.accent(visible(notice.url))}\n` +
    `Login      ${login}\n` +
    (notice.generated && notice.tunnelBy === undefined
      ? `Password   ${generatedText(notice.generated, style)}\n`
      : '') +
    (notice.tunnelBy === undefined
      ? ''
      : `Tunnel     ${notice.tunnelBy} is opening it: the public address follows\n`) +
    (notice.handlers === undefined ? '' : handlersText(notice.handlers, style)) +
    (notice.alerts === undefined ? '' : `Alerts     ${alertsText(notice.alerts)}\n`) +
    (notice.metrics === undefined ? '' : `Metrics    ${visible(notice.metrics)}\n`) +
    (notice.inspector === undefined ? '' : `Inspector  ${visible(notice.inspector)}\n`) +
    `Store      ${visible(notice.store)}\n` +
    `Keeps      ${retentionText(notice.keeps)}\n` +
    (notice.config === undefined ? '' : `Config     ${visible(notice.config)}\n`) +
    (times === undefined ? '' : `${style.faint(times)}\n`) +
    `${style.faint(`Ctrl-C stops. To see a first call, in another terminal: netcore-hook send -c email${asUser(notice.users)}`)}\n\n`
  );
}

/** `send` prompts for the password of a user without one. */
function asUser([user]: readonly string[]): string {
  return user === undefined ? '' : ` --auth ${shellWord(visible(user))}`;
}

function generatedText({ password }: NonNullable<ReadyNotice['generated']>, style: Style): string {
  return `${visible(password)}  ${style.faint('(generated for this run; not shown again)')}`;
}

function reloadedLine(notice: ReloadedNotice, style: Style | undefined): string {
  const time = style ? style.faint(clockTime(notice.time)) : notice.time;
  const login = notice.users.length > 0 ? `: ${quoted(notice.users)} may log in` : '';
  return `${time}  Read credentials and certificate again${login}.\n`;
}

function quoted(users: readonly string[]): string {
  return users.map((user) => `"${visible(user)}"`).join(', ');
}

function refusedLine(notice: RefusedNotice, style: Style): string {
  const words = [
    style.faint(clockTime(notice.time)),
    style.faint('refused   '),
    paintStatus(notice.status, style),
    requestText(notice),
    style.bad(whyRefused(notice)),
    style.faint(countText(notice)),
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}

function refusedLogLine(notice: RefusedNotice): string {
  const words = [
    notice.time,
    'refused   ',
    String(notice.status),
    requestText(notice),
    whyRefused(notice),
    countText(notice),
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}

function requestText(notice: RefusedNotice): string {
  return notice.method ? visible(`${notice.method} ${notice.target ?? ''}`) : '';
}

function whyRefused(notice: RefusedNotice): string {
  const why = refusalTexts[notice.code as RefusalCode];
  const parts = [notice.reason ? `${why}: ${visible(notice.reason)}` : why];
  if (notice.user !== undefined) parts.push(`user "${visible(notice.user)}"`);
  if (notice.remote) parts.push(`from ${visible(notice.remote)}`);
  return parts.join(', ');
}

/** Netcore disables the webhook of an endpoint that does not answer 200. */
function countText(notice: RefusedNotice): string {
  return notice.not200 ? `(${notice.not200} not answered 200 so far)` : '';
}

function summaryText(notice: SummaryNotice): string {
  const { calls, answered200 } = notice;
  if (calls === 0) return 'Stopped. No call arrived.';
  const others = Object.entries(notice.statuses)
    .filter(([status]) => status !== '200')
    .map(([status, count]) => `${count} × ${status}`);
  const rest = others.length > 0 ? `, ${others.join(', ')}` : '';
  return `Stopped after ${plural(calls, 'call')}: ${answered200} × 200${rest}.`;
}
