import type {
  CaptureDetail,
  CapturePage,
  DecodedPaste,
  ListedCall,
  ListedSample,
  LiveEvents,
  PrintedCapture,
  ReplayRequest,
  SendRequest,
  SentCall,
  Stats,
} from './api.js';

/**
 * The data and actions behind the inspector. Throws a Problem for failures that the user can act
 * upon, such as an unknown id.
 */
export interface InspectorSource {
  /** Captures that match a filter, newest first, within a fraction of a second. */
  list(filter: CallFilter, page: { limit: number; cursor: string | undefined }): CapturePage;
  detail(id: string): CaptureDetail;
  /** The original body of a capture, and the capture's complete id. */
  body(id: string): { readonly id: string; readonly bytes: Uint8Array };
  /** A capture, or the event at a position from 1, in a form to copy. */
  print(id: string, as: PrintedForm, event: number | undefined): PrintedCapture;
  /** Statistics of the last `minutes` minutes. */
  stats(filter: CallFilter, minutes: number): Promise<Stats>;
  /** Watches captures from a position on; without one, new captures. */
  follow(filter: CallFilter, from: string | undefined): Follower;
  samples(): readonly ListedSample[];
  /** Sends a capture again, and stores the attempt with it. */
  replay(id: string, request: ReplayRequest): Promise<SentCall>;
  send(request: SendRequest): Promise<SentCall>;
  decode(text: string): Promise<DecodedPaste>;
  /** Whether its store still exists; otherwise the source must be reopened. */
  isInPlace(): boolean;
  /** Closes the store and aborts calls in progress. */
  close(): Promise<void>;
}

/** Filters in the syntax of `history list`; missing ones match all. */
export interface CallFilter {
  readonly channel?: readonly string[];
  readonly event?: readonly string[];
  readonly panel?: readonly string[];
  readonly msgid?: readonly string[];
  readonly key?: readonly string[];
  readonly webhook?: readonly string[];
  readonly journey?: readonly string[];
  readonly who?: readonly string[];
  readonly status?: readonly string[];
  readonly outcome?: readonly string[];
  readonly text?: string;
  readonly since?: string;
  readonly until?: string;
}

export const printedForms = ['curl', 'form', 'json'] as const;
export type PrintedForm = (typeof printedForms)[number];

export interface Follower {
  /** Captures from here on are not sent yet. As a cursor, it lists those below. */
  readonly position: string;
  /** Changes since the last look; undefined without any. */
  poll(): Changes | undefined;
}

interface Changes {
  /** Newest first, at most a hundred or so. */
  readonly captures: readonly ListedCall[];
  /** Number of omitted captures. */
  readonly left: number;
  /** Outcomes of captures that were sent before, or recorded shortly before. */
  readonly outcomes: LiveEvents['outcomes'];
}
