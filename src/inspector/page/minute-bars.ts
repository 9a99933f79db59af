import { channels } from '../../payload/channels.js';
import type { Minute } from '../api.js';
import { counted } from './words.js';

/** A minute as a bar of the time line, with one part for each channel, from the bottom up. */
export interface MinuteBar {
  readonly time: string;
  readonly calls: number;
  readonly parts: readonly BarPart[];
}

interface BarPart {
  /** `null` for calls without events. */
  readonly channel: string | null;
  readonly count: number;
  /** Relative to the tallest bar. */
  readonly bottom: number;
  readonly height: number;
}

export interface MinuteBars {
  readonly bars: readonly MinuteBar[];
  /** The value of the tallest bar. */
  readonly max: number;
  /** The channels that occur, in the order of the parts. */
  readonly channels: readonly string[];
}

/** Number of unknown channels with their own parts. */
const maxOthers = 3;
const otherName = 'other channels';

export function minuteBars(minutes: readonly Minute[]): MinuteBars {
  const order = channelOrder(minutes);
  const counts = minutes.map((minute) => partsOf(minute, order));
  const max = Math.max(0, ...counts.map((parts) => sum(parts.map(({ count }) => count))));
  return {
    max,
    channels: order,
    bars: minutes.map(({ time, calls }, index) => {
      let bottom = 0;
      const parts = (counts[index] ?? []).map(({ channel, count }) => {
        const height = count / max;
        bottom += height;
        return { channel, count, bottom: bottom - height, height };
      });
      return { time, calls, parts };
    }),
  };
}

/** Extends the minutes to now: without statistics there were no calls. */
export function minutesUntil(minutes: readonly Minute[], now: number): readonly Minute[] {
  const newest = Date.parse(minutes.at(-1)?.time ?? '');
  const missing = Math.min(Math.floor((now - newest) / 60_000), minutes.length);
  if (!(missing > 0)) return minutes;
  const empty = Array.from({ length: missing }, (_, index) => ({
    time: new Date(newest + (index + 1) * 60_000).toISOString(),
    calls: 0,
    events: {},
  }));
  return [...minutes, ...empty].slice(-minutes.length);
}

/** A description of the time line for screen readers. */
export function summarizeMinutes(minutes: readonly Minute[]): string {
  const calls = sum(minutes.map((minute) => minute.calls));
  const span = counted(minutes.length, 'minute');
  if (calls === 0) return `No calls in the last ${span}.`;
  const byChannel = [...channelTotals(minutes)]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([channel, count]) => `${count} ${channel || 'without channel'}`);
  const max = Math.max(...minutes.map((minute) => minute.calls));
  const events = byChannel.length > 0 ? ` Events: ${byChannel.join(', ')}.` : '';
  return `${counted(calls, 'call')} in the last ${span}, at most ${max} in one.${events}`;
}

/** The time span between two bars, inclusive. */
export function spanOf(
  minutes: readonly Minute[],
  from: number,
  to: number,
): { readonly since: string; readonly until: string } | undefined {
  const first = minutes[Math.min(from, to)];
  const last = minutes[Math.max(from, to)];
  if (!first || !last) return undefined;
  return { since: first.time, until: new Date(Date.parse(last.time) + 60_000).toISOString() };
}

/** Known channels in order, then the most frequent others, then the rest combined. */
function channelOrder(minutes: readonly Minute[]): string[] {
  const totals = channelTotals(minutes);
  const known: readonly string[] = channels.filter((channel) => totals.has(channel));
  const others = [...totals.keys()]
    .filter((name) => !known.includes(name))
    .sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0));
  const named = others.slice(0, maxOthers);
  return [...known, ...named, ...(others.length > maxOthers ? [otherName] : [])];
}

function channelTotals(minutes: readonly Minute[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { events } of minutes) {
    for (const [channel, count] of Object.entries(events)) {
      totals.set(channel, (totals.get(channel) ?? 0) + count);
    }
  }
  return totals;
}

function partsOf(minute: Minute, order: readonly string[]) {
  const counts = new Map<string, number>();
  for (const [channel, count] of Object.entries(minute.events)) {
    const name = order.includes(channel) ? channel : otherName;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const parts: { readonly channel: string | null; readonly count: number }[] = order
    .map((channel) => ({ channel, count: counts.get(channel) ?? 0 }))
    .filter(({ count }) => count > 0);
  return parts.length === 0 && minute.calls > 0 ? [{ channel: null, count: minute.calls }] : parts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
