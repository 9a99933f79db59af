/** The JSON in the `data` field: panel name → events. Open: unknown keys are kept. */
export type Payload = Readonly<Record<string, readonly NetcoreEvent[]>>;

/**
 * One activity of one contact on one channel. Any key may be missing, and others may be present.
 */
export interface NetcoreEvent {
  readonly channel?: unknown;
  readonly event?: unknown;
  readonly msgid?: unknown;
  readonly event_params?: unknown;
  readonly [key: string]: unknown;
}

/** The summary of an event for lists and indexes. Untrusted text throughout. */
export interface EventSummary {
  readonly panel: string;
  /** Canonical if known, else as received; empty when the event has none. */
  readonly channel: string;
  /** Canonical if known, else as received; null when the event has none. */
  readonly activity: string | null;
  /** As received: `event`, or for custom_activity the activity's own name. */
  readonly event: string | null;
  readonly msgid: string | null;
  /** The contact: the first of foreign key, e-mail address and telephone number. */
  readonly who: string | null;
  /** The first of the names of campaign, message and journey. */
  readonly name: string | null;
  /** `timestamp`, or `ts` in the same form, from the payload: it has no time zone. */
  readonly time: string | null;
}

/** An event with every identifier of its contact, which only a search for contacts reads. */
export interface IdentifiedEvent extends EventSummary {
  readonly ids?: readonly string[];
}
