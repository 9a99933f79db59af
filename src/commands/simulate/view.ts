import { durationOption, grouped, plural } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { padTo, wrapped } from '../../output/columns.js';
import type {
  DrillNotice,
  FunnelNotice,
  JourneyNotice,
  LikeHistoryNotice,
  SimulatedNotice,
  SimulationNotice,
} from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';
import { createSendView, type SendNotice } from '../../sending/sending-view.js';

export type SimulateNotice =
  | SendNotice
  | JourneyNotice
  | SimulationNotice
  | SimulatedNotice
  | LikeHistoryNotice;

export interface SimulateView {
  readonly show: View<SimulateNotice>;
  readonly begin: () => void;
  readonly end: () => void;
}

/** `run`: the calls to send; by default none. */
export async function createSimulateView(
  context: CommandContext,
  run: { readonly calls: number | undefined; readonly to: string } = { calls: 0, to: '' },
): Promise<SimulateView> {
  const { host, global } = context;
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const sending = await createSendView(context, run);
  const fitted = (text: string) => wrapped(text, host.stdout);
  return {
    ...sending,
    show(notice) {
      switch (notice.type) {
        case 'journey':
          return { out: fitted(journeyText(notice, out)) };
        case 'like_history':
          return { err: `${err.faint(likeText(notice))}\n` };
        case 'simulation':
          return { err: `${err.faint(beginningText(notice))}\n` };
        case 'simulated':
          return { out: fitted(summaryText(notice, out)) };
        default:
          return sending.show(notice);
      }
    },
  };
}

const nameWidth = 16;

function journeyText({ name, description, start, channels }: JourneyNotice, style: Style): string {
  const indent = ' '.repeat(nameWidth);
  return `${style.bold(name.padEnd(nameWidth))}${description}\n${indent}${style.faint(`${start}; ${channels.join(', ')}`)}\n`;
}

function likeText({ calls, options }: LikeHistoryNotice): string {
  const shown = options.length === 0 ? 'no options that were not given' : options.join(' ');
  return `Like ${plural(calls, 'call')} of the store: ${shown}`;
}

function beginningText({ journey, contacts, seed, start }: SimulationNotice): string {
  const time = start.replace('.000Z', 'Z');
  return `Simulating ${visible(journey)} for ${plural(contacts, 'contact')}. To repeat it: --seed ${seed} --start ${time}`;
}

function summaryText(notice: SimulatedNotice, style: Style): string {
  const { events, calls, dryRun } = notice;
  const lines = [...(dryRun ? [] : ['']), ...funnelLines(notice, style), ''];
  if (dryRun) {
    const all = `${plural(events, 'event')}${repeatsText(notice)}`;
    lines.push(`${plural(calls, 'call')} would be sent, with ${all}.`);
  } else lines.push(...storedLines(notice, style));
  if (notice.drill) lines.push(...drillLines(notice.drill, style));
  if (notice.assumedTrigger) {
    const text =
      'Assumed: a webhook without a wait before it, or behind a missed one, carries the activity that started the journey.';
    lines.push(style.faint(text));
  }
  return `${lines.join('\n')}\n`;
}

function storedLines(notice: SimulatedNotice, style: Style): string[] {
  const { events, stored, unconfirmed, panel, msgids } = notice;
  if (events === 0) return ['No event was sent.'];
  const [first, last] = msgids;
  const hold = style.bold(`your store should hold ${grouped(stored)}`);
  const range = first === last ? String(first) : `${first} to ${last}`;
  return [
    `${plural(events, 'event')} sent${repeatsText(notice)}: ${hold}.`,
    ...(unconfirmed === 0
      ? []
      : [
          `${plural(unconfirmed, 'further event')} never answered 200: your store may hold ${unconfirmed === 1 ? 'it' : 'them'} or not.`,
        ]),
    `To remove them: panel ${visible(panel)}, msgid ${range}.`,
  ];
}

function repeatsText({ repeats }: SimulatedNotice): string {
  if (repeats === 0) return '';
  return `, ${grouped(repeats)} of them ${repeats === 1 ? 'a repeat' : 'repeats'}`;
}

function drillLines(drill: DrillNotice, style: Style): string[] {
  const { from, until, disableAfter, retries, disabled, lost } = drill;
  const rule =
    disableAfter === null
      ? 'no webhook is ever disabled'
      : disableAfter === 1
        ? 'one call that is not answered 200 disables its webhook'
        : `${grouped(disableAfter)} calls in a row that are not answered 200 disable their webhook`;
  const retry = retries
    ? `a failed call is retried ${retries.times === 1 ? 'once' : `${retries.times} times`}, ${durationOption(retries.every)} apart`
    : 'a failed call is not retried';
  const assumed = style.faint(`Assumed, as Netcore documents neither: ${rule}; ${retry}.`);
  const ended = disabled.map(
    ({ webhook, time }) => `Disabled: ${visible(webhook)}, at ${clockText(time)}`,
  );
  const total = lost.outage + lost.disabled;
  if (from === null || until === null) {
    const omitted = `${plural(total, 'event')} not sent, because a webhook was disabled.`;
    return ['', ...ended, ...(total > 0 ? [style.bold(omitted)] : []), assumed];
  }
  const parts = [
    ...(lost.outage > 0 ? [`${grouped(lost.outage)} during it`] : []),
    ...(lost.disabled > 0 ? [`${grouped(lost.disabled)} after a webhook was disabled`] : []),
  ];
  const split = parts.length > 0 ? `: ${parts.join(', ')}` : '';
  return [
    '',
    `Outage from ${clockText(from)} to ${clockText(until)} of the simulated clock`,
    ...ended,
    `${style.bold(`The outage cost ${plural(total, 'event')}`)}${split}.`,
    'With netcore-hook listen in front, it would have cost 0: the listener answers each call 200 and forwards it later.',
    assumed,
  ];
}

function clockText(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

function funnelLines({ contacts, entered, condition, funnel }: SimulatedNotice, style: Style) {
  const start = `${condition}: ${grouped(entered)} of ${plural(contacts, 'contact')} entered`;
  const rows = [['start', start] as const, ...funnel.map((each) => [each.node, nodeText(each)])];
  const width = Math.max(...rows.map(([node = '']) => node.length));
  return rows.map(
    ([node = '', text = '']) =>
      // Two spaces separate a label, below which further lines are indented.
      `${style.bold(padTo(node, width))}  ${visible(text)}`,
  );
}

function nodeText({ type, what, contacts, counts }: FunnelNotice): string {
  const name = { message: what, wait: `wait for ${what}`, webhook: `webhook ${what}` }[type];
  const all = type === 'message' ? { sent: contacts, ...counts } : counts;
  const parts = Object.entries(all).map(([word, count]) => `${grouped(count)} ${word}`);
  return `${name}: ${parts.join(', ')}`;
}
