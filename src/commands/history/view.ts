import { readCallContent } from '../../call/content.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import type { CaptureNotice, RecordNotice } from '../../output/notice.js';
import { visible, visibleBlock } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';
import { indentJson } from '../../payload/json-text.js';
import { captureLines, captureLogLine } from '../capture-lines.js';

export type HistoryNotice = CaptureNotice | RecordNotice;

/** A list as `listen` shows it; one capture with its header and its decoded payload. */
export async function createHistoryView(context: CommandContext): Promise<View<HistoryNotice>> {
  const { host, global } = context;
  const style = await styleFor(host, host.stdout, global);
  const terminal = host.stdout.isTTY === true;
  return (notice) => {
    if ('headers' in notice) return { out: recordText(notice, style) };
    return {
      out: terminal ? captureLines(notice, style, host.stdout.columns) : captureLogLine(notice),
    };
  };
}

function recordText(notice: RecordNotice, style: Style): string {
  const { headers } = notice;
  const body = Buffer.from(notice.body, 'base64');
  const content = readCallContent({ headers, body });
  const facts = [
    ['Id', notice.id],
    ['Time', notice.time],
    ['From', notice.remote],
    ['Answered', String(notice.status)],
  ].map(([name = '', value = '']) => `${style.faint(name.padEnd(10))}${visible(value)}\n`);
  const lines = headers.map(
    ([name, value]) => `${style.faint(`${visible(name)}:`)} ${visible(value)}\n`,
  );
  const payload =
    content.kind === 'payload'
      ? indentJson(content.text)
      : `${visible(content.message)}\n\n${body.toString('utf8')}`;
  return (
    `${facts.join('')}\n${style.bold(visible(`${notice.method} ${notice.target}`))}\n${lines.join('')}\n` +
    `${visibleBlock(payload)}\n`
  );
}
