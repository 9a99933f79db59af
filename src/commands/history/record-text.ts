import { nextTryWords, plural } from '../../amounts.js';
import { readCallContent } from '../../call/content.js';
import { erasedText, paintStatus } from '../../output/capture-lines.js';
import { clockTime, dayAndClock, localDay, zoneAt } from '../../output/local-time.js';
import type { RecordNotice } from '../../output/notice.js';
import { visible, visibleBlock } from '../../output/safe.js';
import { skipTexts } from '../../output/skip-texts.js';
import type { Style } from '../../output/style.js';
import { indentJson } from '../../payload/json-text.js';

/**
 * One capture as text: facts, headers, payload, and attempts with their answers. `now` in
 * milliseconds since 1970.
 */
export function recordText(notice: RecordNotice, style: Style, now: number): string {
  const { headers } = notice;
  const body = Buffer.from(notice.body, 'base64');
  const content = readCallContent({ headers, body });
  const facts = [
    ['Id', notice.id],
    ['Time', `${localDay(new Date(notice.time))} ${clockTime(notice.time)} ${zoneAt(notice.time)}`],
    ['From', notice.remote],
    ['Answered', String(notice.status)],
    ...deliveryFacts(notice, now),
    ...(notice.erased === undefined
      ? []
      : [['Erased', `${erasedText(notice)}; the body is not as received`]]),
  ].map(([name = '', value = '']) => `${style.faint(name.padEnd(10))}${visible(value)}\n`);
  const lines = headers.map(
    ([name, value]) => `${style.faint(`${visible(name)}:`)} ${visible(value)}\n`,
  );
  const payload =
    content.kind === 'payload'
      ? indentJson(content.text())
      : `${visible(content.message)}\n\n${body.toString('utf8')}`;
  return (
    `${facts.join('')}\n${style.bold(visible(`${notice.method} ${notice.target}`))}\n${lines.join('')}\n` +
    `${visibleBlock(payload)}\n${keysText(notice, style)}${attemptsText(notice, style, now)}`
  );
}

const maxKeys = 20;

/** The key of each event, by which history finds it again and a handler deduplicates. */
function keysText({ events, eventCount = events.length }: RecordNotice, style: Style): string {
  if (events.length === 0) return '';
  const lines = events.slice(0, maxKeys).map(({ key, weakKey, channel, event, who }, index) => {
    const words = [
      style.faint(String(index + 1).padStart(3)),
      key ?? '-'.padEnd(32),
      style.accent(visible(`${channel || '-'} ${event ?? '-'}`)),
      visible(who ?? '-'),
      weakKey ? style.warn('weak: the event has no time') : '',
    ];
    return `${words.filter(Boolean).join('  ')}\n`;
  });
  const more = eventCount - lines.length;
  if (more > 0) lines.push(`     ${style.faint(`+${more} more`)}\n`);
  return `\n${style.bold('Event keys')}\n${lines.join('')}`;
}

function deliveryFacts({ deliveries }: RecordNotice, now: number): string[][] {
  return deliveries.flatMap(({ name, target, queue, state, due, tries, skipped }) => {
    const words = [
      state,
      skipped === null ? '' : skipTexts[skipped],
      tries > 0 ? plural(tries, 'try', 'tries') : '',
      due === null ? '' : nextTryWords(Date.parse(due) - now),
    ];
    return [
      ['Forward', name === null ? target : `${name}, ${target}`],
      ...(queue === null ? [] : [['Through', queue]]),
      ['State', words.filter(Boolean).join(', ')],
    ];
  });
}

function attemptsText({ id, attempts }: RecordNotice, style: Style, now: number): string {
  if (attempts.length === 0) return '';
  const lines = attempts.map(({ capture, to, number, status, reason, answer, ms, time }) => {
    const answerText = answer?.trim() ?? '';
    const words = [
      style.faint(String(number).padStart(3)),
      style.faint(time === undefined ? '' : dayAndClock(time, now)),
      status === null ? style.bad('---') : paintStatus(status, style),
      style.faint(`${Math.round(ms)} ms`),
      visible(to),
      capture === undefined || capture === id ? '' : style.faint(`event ${capture.split('.')[1]}`),
      reason === null || begins(answerText, reason) ? '' : visible(reason),
    ];
    return `${words.filter(Boolean).join('  ')}\n${answerLines(answerText, style)}`;
  });
  return `\n${style.bold('Attempts')}\n${lines.join('')}`;
}

/** A reason often only repeats the start of the answer, which is shown below it. */
function begins(answer: string, reason: string): boolean {
  return answer.replace(/\s+/g, ' ').startsWith(reason.replace(/…$/, ''));
}

function answerLines(answer: string, style: Style): string {
  if (answer === '') return '';
  const lines = answer.split(/\r?\n/).map((line) => `     ${style.faint(visible(line))}\n`);
  return lines.join('');
}
