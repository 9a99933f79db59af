import { type Channel, canonicalChannel } from './channels.js';
import { eventIdentity, keyOfIdentity } from './event-key.js';
import type { NetcoreEvent, Payload } from './payload.js';
import type { EventOf } from './schema.js';

/**
 * An event of a payload, with what a handler needs of it first. `channel` discriminates: it is `other`
 * for a channel that Netcore does not document, whose name `event.channel` has.
 */
export type PayloadEvent =
  | { readonly [C in Channel]: EventOn<C> }[Channel]
  | (PayloadEventBase & {
      readonly channel: 'other';
      /** As received. */
      readonly event: NetcoreEvent;
    });

/** An event of one channel. */
export type EventOn<C extends Channel> = PayloadEventBase & {
  readonly channel: C;
  /** As received, typed as Netcore documents it. Not validated: any field may be missing. */
  readonly event: NetcoreEvent & Optional<EventOf<C>>;
};

export interface PayloadEventBase {
  readonly panel: string;
  /** In one spelling: `Clicked` is `click`. Empty when the event has none. */
  readonly activity: string;
  /** The contact's identifier, normalised: see docs/payload.md. Empty when the event has none. */
  readonly contact: string;
  /** Equal for repeats of the event, different for any other one. */
  readonly key: string;
  /** The event has no time: do not deduplicate it by its key. */
  readonly weak: boolean;
}

/** The event and its parameters with every field optional. */
type Optional<Event> = {
  readonly [Key in keyof Event]?: Key extends 'event_params' ? Partial<Event[Key]> : Event[Key];
};

/**
 * The events of all panels in their order. Omits what is not an object. Never throws for a payload that
 * `decode` returned.
 */
export function events(payload: Payload): PayloadEvent[] {
  return Object.entries(payload).flatMap(([panel, list]) =>
    Array.isArray(list)
      ? (list as readonly unknown[]).flatMap((event) => listed(panel, event))
      : [],
  );
}

function listed(panel: string, event: unknown): PayloadEvent[] {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return [];
  const identity = eventIdentity(panel, event);
  const { channel, activity, contact } = identity;
  return [
    {
      panel,
      channel: canonicalChannel(channel) ?? 'other',
      activity,
      contact,
      ...keyOfIdentity(identity, event),
      event,
    } as PayloadEvent,
  ];
}
