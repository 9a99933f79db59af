import type { Journey } from './journey.js';
import type { MessageChannel } from './journey-schema.js';
import { type Sending, SendingHeap } from './sending-heap.js';
import { contactRandom, type Funnel, walkContact } from './walk-contact.js';

/** All that decides which calls a run makes. Durations in milliseconds, shares in millionths. */
export interface RunPlan {
  readonly journey: Journey;
  readonly seed: number;
  /** The number of contacts. */
  readonly contacts: number;
  /** Contacts start the journey spread over this time. */
  readonly overMs: number;
  /** The window of a call, and the maximum number of its events. */
  readonly batchEveryMs: number;
  readonly batchMax: number;
  readonly duplicates: number;
  readonly late: number;
  /** Whether a contact meets the journey's condition; undefined: chance decides. */
  readonly isMember: (contact: number) => boolean | undefined;
  /** Whether a contact has an address on a channel. */
  readonly canReach: (contact: number, channel: MessageChannel) => boolean;
}

/** A call before it is built: the events of one webhook within one window. */
export interface RunCall {
  /** When it is sent, in milliseconds of the run. */
  readonly at: number;
  readonly label: string;
  readonly sendings: readonly Sending[];
}

/** Purposes of a contact's generators. */
const walking = 0;
const entering = 1;
const disturbing = 2;

/** A repeat or a late event comes up to this many windows later. */
const maxWindowsLater = 60;

/**
 * The calls of a run in the order of their times. Holds only the events that wait for their time,
 * so that the number of contacts does not matter.
 */
export function* runCalls(plan: RunPlan, funnel: Funnel): Generator<RunCall> {
  const { batchEveryMs, batchMax, journey } = plan;
  const open = new Map<string, Sending[]>();
  let window = 0;
  for (const sending of sendings(plan, funnel)) {
    const own = Math.floor(sending.at / batchEveryMs);
    if (own !== window) yield* closed(open, (window + 1) * batchEveryMs);
    window = own;
    const node = journey.nodes[sending.webhook];
    const label = node?.type === 'webhook' ? node.label : '';
    const batch = open.get(label) ?? [];
    batch.push(sending);
    if (batch.length < batchMax) open.set(label, batch);
    else {
      open.delete(label);
      yield { at: sending.at, label, sendings: batch };
    }
  }
  yield* closed(open, (window + 1) * batchEveryMs);
}

function* closed(open: Map<string, Sending[]>, at: number): Generator<RunCall> {
  for (const [label, batch] of open) yield { at, label, sendings: batch };
  open.clear();
}

function* sendings(plan: RunPlan, funnel: Funnel): Generator<Sending> {
  const { journey, seed, contacts } = plan;
  const waiting = new SendingHeap();
  for (let contact = 0; contact < contacts; contact += 1) {
    const entry = entryOf(contact, plan);
    // All later contacts send their first event after this time.
    while (waiting.next < entry) {
      const sending = waiting.pop();
      if (sending) yield sending;
    }
    const random = contactRandom(seed, contact, walking);
    const walker = {
      entry,
      isMember: plan.isMember(contact),
      canReach: (channel: MessageChannel) => plan.canReach(contact, channel),
    };
    const firings = walkContact(journey, walker, random, funnel);
    if (firings.length === 0) continue;
    const times = new Map<number, number>();
    const disturb = contactRandom(seed, contact, disturbing);
    const own: Omit<Sending, 'copies'>[] = [];
    for (const { at, webhook, carrier, time } of firings) {
      const isLate = disturb(1_000_000) < plan.late;
      const isTwice = disturb(1_000_000) < plan.duplicates;
      const lateBy = 1 + disturb(maxWindowsLater);
      const twiceAfter = 1 + disturb(maxWindowsLater);
      const event = { contact, webhook, carrier, time, late: isLate };
      const sentAt = isLate ? at + lateBy * plan.batchEveryMs : at;
      own.push({ ...event, at: sentAt });
      if (isTwice) own.push({ ...event, at: sentAt + twiceAfter * plan.batchEveryMs });
      times.set(carrier, (times.get(carrier) ?? 0) + (isTwice ? 2 : 1));
    }
    for (const event of own) waiting.push({ ...event, copies: times.get(event.carrier) ?? 1 });
  }
  for (let sending = waiting.pop(); sending; sending = waiting.pop()) yield sending;
}

/**
 * Grows with the contact's index, in whole milliseconds: contacts have equal shares of the time, and
 * each starts anywhere in its own.
 */
function entryOf(contact: number, { seed, contacts, overMs }: RunPlan): number {
  const share = Math.floor(overMs / contacts);
  const rest = Math.floor((contact * (overMs % contacts)) / contacts);
  return contact * share + rest + contactRandom(seed, contact, entering)(Math.max(1, share));
}
