/** The JSON in the `data` field: panel name → events. Open: unknown keys are kept. */
export type Payload = Readonly<Record<string, readonly NetcoreEvent[]>>;

/**
 * One activity of one contact on one channel. Any key may be missing, and others may be present.
 */
export interface NetcoreEvent {
  readonly channel?: unknown;
  readonly event?: unknown;
  readonly msgid?: unknown;
  readonly event_params?: EventParams;
  readonly [key: string]: unknown;
}

/**
 * What happened, as Netcore's page documents it for any channel. Not validated: a value may have another
 * type.
 */
export interface EventParams {
  /** YYMMDDHHMMSS, not an epoch time. */
  readonly ts?: number | string | undefined;
  readonly timestamp?: string | undefined;
  readonly foreignkey?: string | undefined;
  readonly identity?: string | undefined;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  readonly name?: string | null | undefined;
  readonly camp_name?: string | null | undefined;
  readonly subject?: string | undefined;
  readonly url?: string | null | undefined;
  readonly linkid?: number | string | undefined;
  readonly activity_id?: number | undefined;
  readonly asset_name?: string | undefined;
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
  /** The contact: the first of foreign key, identity, e-mail address, telephone number and `userid`. */
  readonly who: string | null;
  /** The first of the names of campaign, message and journey. */
  readonly name: string | null;
  /** `timestamp`, or `ts` in the same form, from the payload: it has no time zone. */
  readonly time: string | null;
}

/**
 * How much to read of an event: its summary; also its labels and every identifier of its contact; also
 * its key, which takes longer than all others.
 */
export type EventDetail = 'summary' | 'labels' | 'keys';

/** An event with what its key and searches need beyond the summary. */
export interface IdentifiedEvent extends EventSummary {
  /** The time of the key (see event-key.ts). Undefined: an earlier version stored the summary. */
  readonly keyTime?: string | null | undefined;
  /** The link of a click. */
  readonly link?: string | null | undefined;
  /** Known when it was read in the detail `keys`. */
  readonly key?: string;
  /** The event has no time: see event-key.ts. */
  readonly weakKey?: boolean;
  /** Every identifier of the contact. Known from the detail `labels` on, as are those below. */
  readonly ids?: readonly string[];
  readonly webhook?: string | null;
  readonly journey?: string | null;
}
