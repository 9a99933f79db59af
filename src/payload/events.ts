import { type Channel, canonicalChannel } from './channels.js';
import { eventIdentity, keyOfIdentity } from './event-key.js';
import type { NetcoreEvent, Payload } from './payload.js';

/** An event of a payload, with what a handler needs of it first. */
export interface PayloadEvent {
  readonly panel: string;
  /** `other` for a channel that Netcore does not document; `event.channel` has its name. */
  readonly channel: Channel | 'other';
  /** In one spelling: `Clicked` is `click`. Empty when the event has none. */
  readonly activity: string;
  /** The contact's identifier, normalised: see docs/payload.md. Empty when the event has none. */
  readonly contact: string;
  /** Equal for repeats of the event, different for any other one. */
  readonly key: string;
  /** The event has no time: do not deduplicate it by its key. */
  readonly weak: boolean;
  /** As received. */
  readonly event: NetcoreEvent;
}

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
      event: event as NetcoreEvent,
    },
  ];
}
