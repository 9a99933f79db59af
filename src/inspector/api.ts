import type { DeliveryNotice, SkipReason } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import type { EventSummary } from '../payload/payload.js';

/*
 * The API between the page and the server: JSON in the shapes of the command line's JSON lines.
 * Times are ISO 8601 in UTC. All content of calls is untrusted text.
 *
 * GET  /api/captures?limit=&cursor=&channel=&event=&panel=&msgid=&who=&text=&status=&outcome=&since=&until=
 *                                         → CapturePage, newest first; the filters are those of `history list`
 * GET  /api/captures/:id                  → CaptureDetail; an id, a unique prefix, `last`
 * GET  /api/captures/:id/body             → the bytes of the body, as a download
 * GET  /api/captures/:id/print?as=curl|form|json[&event=N]  → PrintedCapture
 * GET  /api/stats?minutes=60[&channel=&event=] → Stats
 * GET  /api/live[?from=&filters]          → server-sent events: LiveEvents, by name
 * GET  /api/samples                       → readonly ListedSample[]
 * POST /api/captures/:id/replay           ReplayRequest → SentCall
 * POST /api/send                          SendRequest   → SentCall
 * POST /api/decode                        DecodeRequest → DecodedPaste
 *
 * A POST requires `application/json` and the token of this run in the header `tokenHeader`.
 * Failures have a status of 400 or more and an ApiProblem.
 */

/** Carries the token of the page; no other site can send it. */
export const tokenHeader = 'X-Netcore-Hook-Token';

/** The page's `meta` element that holds the token. */
export const tokenMeta = 'netcore-hook-token';

/** A capture in a list; texts of more than some hundred characters are cut there. */
export interface ListedCall {
  readonly id: string;
  readonly time: string;
  readonly method: string;
  readonly target: string;
  /** The peer's address. */
  readonly remote: string;
  /** Length of the body. */
  readonly bytes: number;
  /** The status it was answered. */
  readonly status: number;
  readonly panels: readonly string[];
  /** The first fifty events; for a larger batch those that match the filter. */
  readonly events: readonly ListedEvent[];
  readonly eventCount: number;
  /** Why the body is not a payload, as a sentence; null when it is. */
  readonly problem: string | null;
  /** The outcome of forwarding or replay; null without either. */
  readonly outcome: Outcome | null;
  /** Why forwarding skipped it. */
  readonly skipped: SkipReason | null;
}

export interface ListedEvent extends EventSummary {
  /** Its position in the batch, from 1. */
  readonly number: number;
  /** Its key, in the detail of a call that is not large. */
  readonly key?: string;
}

export interface CapturePage {
  readonly captures: readonly ListedCall[];
  /**
   * The `cursor` for older captures; null at the end. A tilde with a capture's id continues below
   * that capture. A search answers within a fraction of a second, possibly with no captures and a
   * cursor to continue.
   */
  readonly next: string | null;
  /** The time of the oldest capture that was searched; null when there was none. */
  readonly lookedTo: string | null;
}

export interface CaptureDetail extends ListedCall {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The exact JSON text of the payload; null without one. */
  readonly payload: string | null;
  /** The decoded body as text; invalid UTF-8 shows as U+FFFD. */
  readonly text: string;
  /** Whether the text was cut, because the body is very large. */
  readonly cut: boolean;
  /** The most urgent of `deliveries`; null when it was never queued. */
  readonly delivery: DeliveryNotice | null;
  /** One for each handler, the most urgent first. */
  readonly deliveries: readonly DeliveryNotice[];
  /** Every send, oldest first. */
  readonly attempts: readonly SentCall[];
}

/** One try at sending a call, and its outcome. */
export interface SentCall {
  readonly to: string;
  /** Counts from 1 for each capture. */
  readonly number: number;
  /** null when no answer arrived. */
  readonly status: number | null;
  /** Why no answer arrived, or what an answer other than 200 says. */
  readonly reason: string | null;
  /** The start of the answer's body: at most a kilobyte, as text. null when no answer arrived. */
  readonly answer: string | null;
  readonly ms: number;
  /** When it ended. */
  readonly time: string;
  /** The position of an event that was sent alone, from 1; null for the whole call. */
  readonly event: number | null;
}

export interface PrintedCapture {
  readonly text: string;
}

/** Totals and the recent minutes. Of the filters, only channel and activity apply. */
export interface Stats {
  readonly captures: number;
  /** The last minutes, oldest first, including empty ones. The last one is still running. */
  readonly minutes: readonly Minute[];
  /** Recent names, as choices for filters. */
  readonly seen: {
    readonly panels: readonly string[];
    readonly channels: readonly string[];
    readonly activities: readonly string[];
  };
  /** The URLs of the store's running listeners. */
  readonly listeners: readonly string[];
  readonly store: string;
}

export interface Minute {
  /** When it begins. */
  readonly time: string;
  readonly calls: number;
  /** Event counts by canonical channel; unknown channels by their own names. */
  readonly events: Readonly<Record<string, number>>;
}

/** The server-sent events of /api/live: the `event:` name, and the JSON of `data:`. */
export interface LiveEvents {
  /**
   * Sent first. Only captures from this position on are sent; as a `cursor`, it lists those below. After a
   * disconnection, it is the `from` to continue from. The answer to an unknown `from` is another position.
   */
  readonly start: { readonly position: string };
  /**
   * New captures, newest first, and the position behind them. Under load only the newest, with the number
   * of the others in `left`.
   */
  readonly captures: {
    readonly captures: readonly ListedCall[];
    readonly left: number;
    readonly position: string;
  };
  /** Outcomes of captures that were sent before, or recorded shortly before the connection. */
  readonly outcomes: readonly { readonly id: string; readonly outcome: Outcome | null }[];
  /** Sent at the beginning, and every few seconds during activity. */
  readonly stats: Stats;
}

export interface ListedSample {
  readonly channel: string;
  readonly activity: string;
  /** Netcore's page, or the sample it was derived from. */
  readonly source: string;
}

export interface ReplayRequest {
  /** A URL, also a short one like `:3000/hook`. */
  readonly to: string;
  /** `user:password`. */
  readonly auth?: string;
  /** Sends only the event at this position, from 1. */
  readonly event?: number;
  /** Confirms that real captures may leave this machine; required for a target beyond loopback. */
  readonly beyondLoopback?: boolean;
}

export interface SendRequest {
  readonly channel: string;
  readonly activity: string;
  /** Default: the listener of this store, with its own credentials. */
  readonly to?: string;
  readonly auth?: string;
}

export interface DecodeRequest {
  readonly text: string;
}

export interface DecodedPaste {
  /** The payload's own JSON, with numbers as written. */
  readonly payload: string;
  /** The removed encodings, outermost first. */
  readonly layers: readonly { readonly name: string; readonly detail: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly events: readonly EventSummary[];
}

export interface ApiProblem {
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string };
}
