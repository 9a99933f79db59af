/** The JSON inside the `data` field: panel name → events. Open: unknown keys stay as they came. */
export type Payload = Readonly<Record<string, readonly NetcoreEvent[]>>;

/** One activity of one contact on one channel. Every key may be missing; others may be there. */
export interface NetcoreEvent {
  readonly channel?: unknown;
  readonly event?: unknown;
  readonly msgid?: unknown;
  readonly event_params?: unknown;
  readonly [key: string]: unknown;
}

/** What lists and indexes need of one event. Untrusted text throughout. */
export interface EventSummary {
  readonly panel: string;
  /** Canonical where it is known, else as it came; empty when the event names none. */
  readonly channel: string;
  /** Canonical where it is known, else as it came; null when the event names none. */
  readonly activity: string | null;
  /** As it came: `event`, or for custom_activity the activity's own name. */
  readonly event: string | null;
  readonly msgid: string | null;
  /** The contact: foreign key, e-mail address or telephone number, whichever comes first. */
  readonly who: string | null;
  /** The name of campaign, message or journey, whichever comes first. */
  readonly name: string | null;
  /** `timestamp`, or `ts` written out, as the payload says it: it carries no zone. */
  readonly time: string | null;
}
