import { readCallContent } from '../../call/content.js';
import type { RecordNotice } from '../../output/notice.js';
import { visible, visibleBlock } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import { indentJson } from '../../payload/json-text.js';
import { paintStatus } from '../capture-lines.js';

/** One capture for people: facts, header, payload, and what was answered when it was sent again. */
export function recordText(notice: RecordNotice, style: Style): string {
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
    `${visibleBlock(payload)}\n${attemptsText(notice, style)}`
  );
}

function attemptsText({ id, attempts }: RecordNotice, style: Style): string {
  if (attempts.length === 0) return '';
  const lines = attempts.map(({ capture, to, number, status, reason, ms, time }) => {
    const words = [
      style.faint(String(number).padStart(3)),
      style.faint(time ?? ''),
      status === null ? style.bad('---') : paintStatus(status, style),
      style.faint(`${Math.round(ms)} ms`),
      visible(to),
      capture === undefined || capture === id ? '' : style.faint(`event ${capture.split('.')[1]}`),
      visible(reason ?? ''),
    ];
    return `${words.filter(Boolean).join('  ')}\n`;
  });
  return `\n${style.bold('Sent again')}\n${lines.join('')}`;
}
