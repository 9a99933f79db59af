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
 * What the inspector needs to know and to have done. A failure that its user can act upon is thrown
 * as a Problem, an id that names nothing among them.
 */
export interface InspectorSource {
  /** The captures that a filter means, newest first, within a fraction of a second. */
  list(filter: CallFilter, page: { limit: number; cursor: string | undefined }): CapturePage;
  /** All that is known of a capture. */
  detail(id: string): CaptureDetail;
  /** The body of a capture as it came, and the capture's whole id. */
  body(id: string): { readonly id: string; readonly bytes: Uint8Array };
  /** A capture, or one event of it counted from 1, in a form to copy. */
  print(id: string, as: PrintedForm, event: number | undefined): PrintedCapture;
  /** How the last minutes went, so many of them. */
  stats(filter: CallFilter, minutes: number): Promise<Stats>;
  /** Watches what is recorded from now on. */
  follow(filter: CallFilter): Follower;
  samples(): readonly ListedSample[];
  /** Sends a capture again, and keeps the attempt with it. */
  replay(id: string, request: ReplayRequest): Promise<SentCall>;
  /** Sends a sample. */
  send(request: SendRequest): Promise<SentCall>;
  /** Reads a paste. */
  decode(text: string): Promise<DecodedPaste>;
  /** Whether there still is what it shows; when not, it is to be opened anew. */
  isInPlace(): boolean;
  /** Lets go of what is open, and gives up what is under way. */
  close(): Promise<void>;
}

/** Which captures are meant, in the words of `history list`; what is not given does not count. */
export interface CallFilter {
  readonly channel?: readonly string[];
  readonly event?: readonly string[];
  readonly panel?: readonly string[];
  readonly msgid?: readonly string[];
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
  /** What happened since the last look; undefined: nothing did. */
  look(): Look | undefined;
}

/** What one look at the record has found. */
interface Look {
  /** Newest first, at most a hundred or so. */
  readonly captures: readonly ListedCall[];
  /** How many more there were. */
  readonly left: number;
  /** What became of captures that were told before, or recorded last before that. */
  readonly outcomes: LiveEvents['outcomes'];
}
