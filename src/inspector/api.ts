import type { DeliveryState, SkipReason } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import type { EventSummary } from '../payload/payload.js';

/*
 * What the page and the server say to each other: JSON both ways, in the shapes of the command
 * line's JSON lines. Times are ISO 8601 in UTC. Everything that came with a call is untrusted text.
 *
 * GET  /api/captures?limit=&cursor=&channel=&event=&panel=&msgid=&who=&text=&status=&outcome=&since=&until=
 *                                         → CapturePage, newest first; the filters are those of `history list`
 * GET  /api/captures/:id                  → CaptureDetail; an id, a unique beginning of one, `last`
 * GET  /api/captures/:id/body             → the bytes of the body, as a download
 * GET  /api/captures/:id/print?as=curl|form|json[&event=N]  → PrintedCapture
 * GET  /api/stats?minutes=60[&channel=&event=] → Stats
 * GET  /api/live[?filters]                → server-sent events: LiveEvents, by name
 * GET  /api/samples                       → readonly ListedSample[]
 * POST /api/captures/:id/replay           ReplayRequest → SentCall
 * POST /api/send                          SendRequest   → SentCall
 * POST /api/decode                        DecodeRequest → DecodedPaste
 *
 * A POST carries `application/json` and the token of this run in the header `tokenHeader`. What
 * fails is answered with a status of 400 or more and an ApiProblem.
 */

/** The header that holds the token which the page was given; no other site can send it. */
export const tokenHeader = 'X-Netcore-Hook-Token';

/** The name of the page's `meta` element that holds the token. */
export const tokenMeta = 'netcore-hook-token';

/** A capture as lists show it; there texts of more than some hundred characters are cut. */
export interface ListedCall {
  readonly id: string;
  readonly time: string;
  readonly method: string;
  readonly target: string;
  /** The peer's address. */
  readonly remote: string;
  /** Length of the body. */
  readonly bytes: number;
  /** What it was answered. */
  readonly status: number;
  readonly panels: readonly string[];
  /** Lists tell the first fifty of a larger batch, of those that the filter means. */
  readonly events: readonly ListedEvent[];
  /** How many events it holds. */
  readonly eventCount: number;
  /** Why the body is no payload, in a sentence; null when it is one. */
  readonly problem: string | null;
  /** What became of it when it was forwarded or replayed; null: it never was. */
  readonly outcome: Outcome | null;
  /** Why it was not forwarded, when it was skipped. */
  readonly skipped: SkipReason | null;
}

export interface ListedEvent extends EventSummary {
  /** Its place in the batch, from 1. */
  readonly number: number;
}

export interface CapturePage {
  readonly captures: readonly ListedCall[];
  /**
   * Where to go on with older ones, as `cursor`; null: there are none. A tilde and the id of a
   * capture goes on below that one. A search answers with what
   * it found in a fraction of a second, perhaps nothing, and a cursor to go on searching with.
   */
  readonly next: string | null;
  /** How far back was looked: the time of the oldest capture that was looked at; null: none was. */
  readonly lookedTo: string | null;
}

export interface CaptureDetail extends ListedCall {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The exact JSON text of the payload; null when there is none. */
  readonly payload: string | null;
  /** The body as text, its content codings taken off; what is no UTF-8 shows as U+FFFD. */
  readonly text: string;
  /** Whether the text was cut, because the body is very large. */
  readonly cut: boolean;
  /** null: it was never to be forwarded. */
  readonly delivery: {
    readonly target: string;
    /** The Redis that it is handed over to; null: it stays in the store. */
    readonly queue: string | null;
    readonly state: DeliveryState;
    readonly queued: string;
    readonly due: string | null;
    readonly tries: number;
    readonly skipped: SkipReason | null;
  } | null;
  /** Every time that it was sent, oldest first. */
  readonly attempts: readonly SentCall[];
}

/** One try at sending a call, and its outcome. */
export interface SentCall {
  readonly to: string;
  /** Counts from 1 for each capture. */
  readonly number: number;
  /** null when no answer came. */
  readonly status: number | null;
  /** Why no answer came, or what an answer other than 200 says. */
  readonly reason: string | null;
  /** How the answer's body begins: at most a kilobyte, as text. null: no answer came. */
  readonly answer: string | null;
  readonly ms: number;
  /** When it ended. */
  readonly time: string;
  /** The event that was sent by itself, by its place in the batch from 1; null: the whole call. */
  readonly event: number | null;
}

export interface PrintedCapture {
  readonly text: string;
}

/** What there is, and how the last minutes went: of the filters, channels and activities count. */
export interface Stats {
  /** How many captures the store holds. */
  readonly captures: number;
  /** The last minutes, oldest first, those without calls too. The last one is not over. */
  readonly minutes: readonly Minute[];
  /** What was seen lately, for choosing filters from. */
  readonly seen: {
    readonly panels: readonly string[];
    readonly channels: readonly string[];
    readonly activities: readonly string[];
  };
  /** The addresses of the listeners of this store that run. */
  readonly listeners: readonly string[];
  /** The folder of the store. */
  readonly store: string;
}

export interface Minute {
  /** When it begins. */
  readonly time: string;
  readonly calls: number;
  /** Events by canonical channel; other channels by their own names. */
  readonly events: Readonly<Record<string, number>>;
}

/** The server-sent events of /api/live: the `event:` name, and what `data:` holds as JSON. */
export interface LiveEvents {
  /**
   * What was recorded since the last one, newest first. Under load only the newest are told, and
   * `left` says how many more there were.
   */
  readonly captures: { readonly captures: readonly ListedCall[]; readonly left: number };
  /** What became of captures that were told before, or recorded last before that. */
  readonly outcomes: readonly { readonly id: string; readonly outcome: Outcome | null }[];
  /** Every few seconds while something happens, and once at the beginning. */
  readonly stats: Stats;
}

export interface ListedSample {
  readonly channel: string;
  readonly activity: string;
  /** Netcore's page, or the sample that it was derived from. */
  readonly source: string;
}

export interface ReplayRequest {
  /** A URL, also a short one like `:3000/hook`. */
  readonly to: string;
  /** `user:password`. */
  readonly auth?: string;
  /** Only this event of the batch, by its place from 1. */
  readonly event?: number;
  /** Real captures may leave this machine; without it a target beyond loopback is refused. */
  readonly beyondLoopback?: boolean;
}

export interface SendRequest {
  readonly channel: string;
  readonly activity: string;
  /** Without it: the listener of this store, with its own credentials. */
  readonly to?: string;
  readonly auth?: string;
}

export interface DecodeRequest {
  readonly text: string;
}

export interface DecodedPaste {
  /** The payload's own JSON, numbers as they were written. */
  readonly payload: string;
  /** What was peeled off, outermost first. */
  readonly layers: readonly { readonly name: string; readonly detail: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly events: readonly EventSummary[];
}

export interface ApiProblem {
  readonly problem: { readonly code: string; readonly message: string; readonly hint: string };
}
