import { type Random, seededRandom } from '../payload/build/random.js';
import { carrierOf, triggerCarrier } from './carrier.js';
import {
  isReported,
  type Journey,
  type JourneyNode,
  type MessageNode,
  type ReactionKind,
} from './journey.js';
import type { MessageChannel } from './journey-schema.js';

/** An event that a webhook node sends about a contact. Times are milliseconds of the run. */
export interface Firing {
  /** When the webhook fires. */
  readonly at: number;
  /** The index of the webhook's node. */
  readonly webhook: number;
  /** What the event tells: see `carrierOf`. */
  readonly carrier: number;
  /** When that happened. */
  readonly time: number;
}

/** What contacts have done so far, by node. */
export interface Funnel {
  /** All contacts, and those who entered. */
  contacts: number;
  entered: number;
  /** Events that carry the activity which started the journey. */
  triggerEvents: number;
  /** In the order of the journey's nodes. */
  readonly nodes: readonly NodeTally[];
}

export interface NodeTally {
  /** Contacts who came to the node. */
  contacts: number;
  /** Of a message. */
  readonly reactions: Record<ReactionKind, number>;
  /** Of a wait. */
  met: number;
  missed: number;
  /** Of a webhook. */
  events: number;
}

export function createFunnel(journey: Journey): Funnel {
  const nodes = journey.nodes.map(() => ({
    contacts: 0,
    reactions: { delivered: 0, open: 0, click: 0, failure: 0 },
    met: 0,
    missed: 0,
    events: 0,
  }));
  return { contacts: 0, entered: 0, triggerEvents: 0, nodes };
}

/**
 * A generator for one contact, which only the seed and the contact's index decide. `purpose`
 * separates its draws, so that more of one kind do not change those of another.
 */
export function contactRandom(seed: number, index: number, purpose: number): Random {
  // The hash keeps the generators of neighbours apart: they add a constant to their state.
  let hash = seededRandom(seed)(0x1_0000_0000) ^ Math.imul(index + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ Math.imul(purpose, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return seededRandom((hash ^ (hash >>> 16)) >>> 0);
}

/** When a message's reactions happen; undefined: never. */
type Reactions = Readonly<Record<ReactionKind, number | undefined>>;

export interface Walker {
  /** The time of the activity that starts the journey. */
  readonly entry: number;
  /** Whether the contact meets the condition by its attributes; undefined: chance decides. */
  readonly isMember: boolean | undefined;
  /** Whether the contact has an address on the channel. */
  readonly canReach: (channel: MessageChannel) => boolean;
}

/** The way of a contact through a journey: the events that webhooks send about it. */
export function walkContact(
  journey: Journey,
  contact: Walker,
  random: Random,
  funnel: Funnel,
): Firing[] {
  const { start, nodes } = journey;
  funnel.contacts += 1;
  const enters = random(1_000_000) < start.share;
  if (!(contact.isMember ?? enters)) return [];
  funnel.entered += 1;
  const firings: Firing[] = [];
  const sent = new Map<number, Reactions>();
  const trigger = { carrier: triggerCarrier, time: contact.entry };
  let carried = trigger;
  let at = contact.entry + start.delayMs;
  let last: number | undefined;
  for (let index: number | undefined = start.next; index !== undefined; ) {
    const node: JourneyNode | undefined = nodes[index];
    const tally = funnel.nodes[index];
    if (!node || !tally) break;
    tally.contacts += 1;
    switch (node.type) {
      case 'message':
        sent.set(index, react(node, at, random, contact.canReach(node.channel), tally));
        last = index;
        index = node.next;
        break;
      case 'wait': {
        const of: number | undefined = node.of ?? last;
        const time = of === undefined ? undefined : sent.get(of)?.[node.for];
        if (of !== undefined && time !== undefined && time <= at + node.withinMs) {
          tally.met += 1;
          carried = { carrier: carrierOf(of, node.for), time };
          at = Math.max(at, time);
          index = node.met;
        } else {
          tally.missed += 1;
          carried = trigger;
          at += node.withinMs;
          index = node.missed;
        }
        break;
      }
      case 'webhook': {
        const webhook = index;
        if (!node.reactions) firings.push({ at, webhook, ...carried });
        for (const kind of node.reactions ?? []) {
          const message = last === undefined ? undefined : nodes[last];
          const time = last === undefined ? undefined : sent.get(last)?.[kind];
          if (last === undefined || time === undefined) continue;
          if (message?.type !== 'message' || !isReported(message, kind)) continue;
          firings.push({ at: time, webhook, carrier: carrierOf(last, kind), time });
        }
        index = node.next;
        break;
      }
    }
  }
  for (const { webhook, carrier } of firings) {
    if (carrier === triggerCarrier) funnel.triggerEvents += 1;
    const tally = funnel.nodes[webhook];
    if (tally) tally.events += 1;
  }
  return firings;
}

/** Always draws the same numbers, so that a changed chance changes nothing else. */
function react(
  { reactions: { delivered, open, click, failure } }: MessageNode,
  at: number,
  random: Random,
  canReach: boolean,
  { reactions: tally }: NodeTally,
): Reactions {
  const arrives = random(1_000_000);
  const opens = random(1_000_000) < open.share;
  const clicks = random(1_000_000) < click.share;
  const deliveredAt = at + delay(delivered, random);
  const openAt = deliveredAt + delay(open, random);
  const clickAt = openAt + delay(click, random);
  const failureAt = at + delay(failure, random);
  const isDelivered = canReach && arrives < delivered.share;
  const isOpen = isDelivered && opens;
  const isClicked = isOpen && clicks;
  const fails = canReach && !isDelivered && arrives < delivered.share + failure.share;
  if (isDelivered) tally.delivered += 1;
  if (isOpen) tally.open += 1;
  if (isClicked) tally.click += 1;
  if (fails) tally.failure += 1;
  return {
    delivered: isDelivered ? deliveredAt : undefined,
    open: isOpen ? openAt : undefined,
    click: isClicked ? clickAt : undefined,
    failure: fails ? failureAt : undefined,
  };
}

/** The smaller of two draws: most people react early. */
function delay(range: { readonly minMs: number; readonly maxMs: number }, random: Random): number {
  const width = range.maxMs - range.minMs + 1;
  return range.minMs + Math.min(random(width), random(width));
}
