import { grouped, plural, waitWords } from '../../amounts.js';
import type { Attempt } from '../../call/attempt.js';
import type { EnduranceNotice, LoadNotice, SoakNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import type { Soak, SoakFigures } from '../../readiness/endurance/soak-record.js';
import { milliseconds } from '../../readiness/reports/figure-rows.js';

export function loadText(notice: LoadNotice, style: Style): string {
  const { calls, rate, atOnce, lasted } = notice;
  const first = `${plural(calls, 'call')}, ${atOnce} at a time for ${(lasted / 1000).toFixed(1)} s: ${grouped(Math.round(rate))} a second`;
  return style.faint(`      ${first}\n      ${times(notice)}\n`);
}

export function enduranceText(notice: EnduranceNotice, style: Style): string {
  const { calls, planned, answered200 } = notice;
  const first = `${grouped(calls)} of ${plural(planned, 'call')} made, ${upTime(answered200, calls)} answered 200`;
  return style.faint(`      ${first}\n      ${times(notice)}\n`);
}

function times({ p50, p95, p99, max }: LoadNotice | EnduranceNotice): string {
  return `p50 ${milliseconds(p50)}  p95 ${milliseconds(p95)}  p99 ${milliseconds(p99)}  longest ${milliseconds(max)}`;
}

export function soakLine(
  { event, time, calls, planned, answered200, reason, state }: SoakNotice,
  out: Style,
  err: Style,
  shown: (iso: string) => string,
): { out?: string; err?: string } {
  const at = shown(time);
  const course = `${grouped(calls)} of ${plural(planned, 'call')}, ${upTime(answered200, calls)} answered 200`;
  switch (event) {
    case 'failed':
      return { out: `      ${at}  ${out.bad('failed')}     ${visible(reason ?? '')}\n` };
    case 'recovered':
      return { out: `      ${at}  ${out.good('recovered')} ${course}\n` };
    case 'resumed': {
      const restartHint = state === undefined ? '' : ` To start over, remove ${visible(state)}`;
      return { err: `${err.faint(`      Resuming after ${course}.${restartHint}`)}\n` };
    }
    default:
      return { err: `${err.faint(`      ${at}  ${course}`)}\n` };
  }
}

export function burstProgress(calls: number, not200: number): string {
  return `Burst: ${plural(calls, 'call')}${not200 > 0 ? `, ${grouped(not200)} not answered 200` : ''}`;
}

export function soakProgress(
  { calls, planned, answered200, outages }: SoakFigures,
  { intervalMs, durationMs }: Soak,
  attempt: Attempt,
): string {
  const last =
    attempt.kind === 'answered'
      ? `last ${attempt.status} in ${milliseconds(attempt.ms)}`
      : 'last without an answer';
  const down = outages.at(-1)?.to === null ? '  DOWN' : '';
  return `Soak: ${waitWords(calls * intervalMs)} of ${waitWords(durationMs)}  ${grouped(calls)}/${grouped(planned)} calls  ${upTime(answered200, calls)} answered 200  ${last}${down}`;
}

/** Rounded down, so that only all is 100 %. */
function upTime(good: number, all: number): string {
  return all === 0 ? '–' : `${Math.floor((good * 10_000) / all) / 100} %`;
}
