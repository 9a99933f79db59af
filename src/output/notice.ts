import type { ListenerHealth } from '../call/ask-health.js';
import type { DeliveryState, SkipReason } from '../call/delivery.js';
import type { HistogramBucket } from '../call/histogram.js';
import type { Outcome } from '../call/outcome.js';
import type { AttemptSummary } from '../call/summarize-attempts.js';
import type { EventSummary } from '../payload/payload.js';
import type { JsonText } from './json-text.js';

/*
 * What a running command has to say. A notice is the JSON line of the command's `--json` (plus
 * `"schema":1`); its `type` is the line's. Views turn the same notices into text for people.
 */

export interface ReadyNotice {
  readonly type: 'ready';
  readonly url: string;
  /** The inspector's address, if it runs. */
  readonly inspector?: string | undefined;
  /** The folder of the store. */
  readonly store: string;
  /** Where calls are forwarded to, if they are. */
  readonly forwardTo?: string | undefined;
  /** The project file that it was told by, if there is one. */
  readonly config?: string | undefined;
  readonly pid: number;
  /** How much its store keeps: the newest captures, those of this many milliseconds, this many bytes. */
  readonly keeps: {
    readonly captures: number | null;
    readonly ms: number | null;
    readonly bytes: number | null;
  };
  /** Who may log in; empty: nobody is asked. */
  readonly users: readonly string[];
  /** The credentials that `--auth generate` made up: told here, and nowhere else. */
  readonly generated?: GeneratedLogin | undefined;
  /** What opens a public address, which a `tunnel` line tells when it answers. */
  readonly tunnelBy?: 'cloudflared' | 'ssh' | undefined;
  /** The public address, in the ready file of a listener that has one. */
  readonly tunnel?: string | undefined;
}

interface GeneratedLogin {
  readonly user: string;
  readonly password: string;
}

/** How it goes with the public address of a listener. */
export interface TunnelNotice {
  readonly type: 'tunnel';
  /**
   * `open`: calls to it were proven to come here. `silent`: there is one, and that could
   * not be proven. `lost`: its program has ended, and is started again.
   */
  readonly state: 'open' | 'silent' | 'lost';
  readonly time: string;
  /** Where to post to; of a tunnel that is lost, the address that led here before. */
  readonly url: string;
  /** It is another one than was told of before. */
  readonly changed: boolean;
  readonly by: 'cloudflared' | 'ssh';
  /** The user that may log in. */
  readonly user: string;
  /** What stands in the way; null when it is open. */
  readonly reason: string | null;
}

/** The inspector's page is there. */
export interface InspectingNotice {
  readonly type: 'ready';
  /** The address of the page, at the call that was asked for. */
  readonly inspector: string;
  /** Who serves it: this process, or the listener of the store. */
  readonly served: 'here' | 'listener';
  readonly store: string;
  readonly pid: number;
}

export interface CaptureNotice {
  readonly type: 'capture';
  readonly id: string;
  /** ISO 8601 in UTC. */
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
  readonly events: readonly EventSummary[];
  /** How many there are, if `events` are only the first of them. */
  readonly eventCount?: number | undefined;
  /** Why the body is no payload, in a sentence; null when it is one. */
  readonly problem: string | null;
  /** What became of it, told by what reads the history; null: it was never forwarded nor replayed. */
  readonly outcome?: Outcome | null | undefined;
  /** Why it was not forwarded, when it was skipped. */
  readonly skipped?: SkipReason | undefined;
}

/** A capture with all that was recorded of it. */
export interface RecordNotice extends Omit<CaptureNotice, 'type'> {
  readonly type: 'capture';
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** base64. */
  readonly body: string;
  /** null: it was never to be forwarded. */
  readonly delivery: DeliveryNotice | null;
  readonly attempts: readonly (Omit<AttemptNotice, 'type'> & {
    /** How the answer's body begins: at most a kilobyte, as text. null: no answer came. */
    readonly answer: string | null;
  })[];
}

/** How far a capture has come that is to be forwarded. Times are ISO 8601 in UTC. */
export interface DeliveryNotice {
  readonly target: string;
  /** The Redis that it is handed over to; null: it stays in the store. */
  readonly queue: string | null;
  readonly state: DeliveryState;
  readonly queued: string;
  /** When a delayed one is tried again. */
  readonly due: string | null;
  readonly tries: number;
  /** Why it was skipped; null: it was not, or the reason is unknown. */
  readonly skipped: SkipReason | null;
}

export interface RefusedNotice {
  readonly type: 'refused';
  readonly time: string;
  readonly remote: string;
  readonly status: number;
  /** Permanent, like `wrong_password`. */
  readonly code: string;
  /** The user name that was tried, when there was one. */
  readonly user?: string | undefined;
  readonly method?: string | undefined;
  readonly target?: string | undefined;
  /** What failed on this side, when that was the reason. */
  readonly reason?: string | undefined;
  /** How many calls have not been answered 200 since the listener started, this one included. */
  readonly not200: number;
}

/** A worker of a queue has begun. */
export interface WorkingNotice {
  readonly type: 'working';
  readonly to: string;
  /** The folder of the store, or the server, that the calls lie in. */
  readonly queue: string;
  readonly pid: number;
}

/** Whether a store and its listeners are well. */
export interface StatusNotice {
  readonly type: 'status';
  readonly well: boolean;
  /** Why not, a sentence each. */
  readonly problems: readonly string[];
  readonly listeners: readonly ListenerNotice[];
  readonly workers: readonly WorkerNotice[];
  /** What the store has queued, by target. */
  readonly queues: readonly Omit<QueueNotice, 'type'>[];
  /** The newest capture; null when there is none. */
  readonly last: CaptureNotice | null;
  readonly store: {
    readonly folder: string;
    /** What its files take on the disk; null when there is no store. */
    readonly bytes: number | null;
    /** What is left on its disk. */
    readonly free: number | null;
    /** null: nothing was removed from it. */
    readonly reach: Omit<ReachNotice, 'type'> | null;
    /** Calls that wait or are dead take more bytes than `--keep-size` allows; null: they do not. */
    readonly overSize: { readonly bytes: number; readonly limit: number } | null;
    /** The clock has jumped, so that captures are not removed by its time; null: it has not. */
    readonly clock: {
      /** `jump`: while a listener ran. `gap`: since the store was last in use. */
      readonly since: 'jump' | 'gap';
      /** Milliseconds by which it is ahead; below 0: behind. */
      readonly ahead: number;
      /** Milliseconds until it is believed. */
      readonly left: number;
    } | null;
  };
}

export type RemovalCause = 'keep' | 'keep_for' | 'keep_size' | 'prune';

/** How far back the history of a store reaches. Times are ISO 8601 in UTC. */
export interface ReachNotice {
  readonly type: 'reach';
  /** All captures with a payload that were recorded after this time are there; null: all of them are. */
  readonly since: string | null;
  /** What removed the newest of the others: an option of listen, or history prune. */
  readonly cause: RemovalCause | null;
  /** The option's value, in captures, milliseconds or bytes. */
  readonly limit: number | null;
  /** When it did so last. */
  readonly time: string | null;
  /** How many captures were removed, for all causes. */
  readonly removed: number;
  /** How many captures without a payload were removed first, since they exceeded their share. */
  readonly withoutPayload: number;
}

export interface ListenerNotice {
  readonly pid: number;
  readonly url: string;
  /** ISO 8601 in UTC. */
  readonly started: string;
  readonly health: ListenerHealth;
  /** The address of its inspector; null: it has none. */
  readonly inspector: string | null;
}

/** A process that forwards calls. Times are ISO 8601 in UTC. */
export interface WorkerNotice {
  readonly pid: number;
  readonly to: string;
  /** The Redis that it takes them from; null: the store. */
  readonly queue: string | null;
  readonly started: string;
  /** It keeps the order of calls of a panel. */
  readonly ordered: boolean;
  /** `open`: the handler fails, and is spared but for a probe now and then. */
  readonly breaker: {
    readonly state: 'closed' | 'open';
    readonly since: string | null;
    /** What the last attempt met. */
    readonly reason: string | null;
  };
}

/** The calls that are queued for a target. */
export interface QueueNotice {
  readonly type: 'queue';
  readonly target: string;
  /** The Redis that they are handed over to; null: nowhere. */
  readonly queue: string | null;
  readonly states: Readonly<Record<DeliveryState, number>>;
  /** How many of the skipped ones carry no data, or none that can be read. */
  readonly unforwarded: number;
  /** When the oldest that is not at its end was queued, ISO 8601 in UTC; null: there is none. */
  readonly oldest: string | null;
}

/** A call of a queue. Times are ISO 8601 in UTC. */
export interface QueuedNotice {
  readonly type: 'queued';
  /** The id of the capture. */
  readonly capture: string;
  readonly target: string;
  readonly state: DeliveryState;
  /** When it was queued, or asked to be tried again. */
  readonly queued: string;
  /** When a delayed one is tried again. */
  readonly due: string | null;
  /** How often it was tried since it was queued. */
  readonly tries: number;
  /** What the last try was answered; null: it was not tried, or no answer came. */
  readonly status: number | null;
  /** Why no answer came, or what the answer says when it is not 200. */
  readonly reason: string | null;
}

/** Calls of a queue are due again. */
export interface RetriedNotice {
  readonly type: 'retried';
  readonly calls: number;
  /** The URL that they were moved to; null: they stay with their own. */
  readonly to: string | null;
}

/** Calls were taken out of a queue. */
export interface DroppedNotice {
  readonly type: 'dropped';
  readonly calls: number;
}

/** The listener has read its credentials and certificate again. */
export interface ReloadedNotice {
  readonly type: 'reloaded';
  readonly time: string;
  /** Who may log in now. */
  readonly users: readonly string[];
}

/** So many within a second that they are not shown one by one. */
export interface RateNotice {
  readonly type: 'rate';
  readonly time: string;
  /** `delivered` and `undelivered`: tries to forward a call. */
  readonly what: 'recorded' | 'refused' | 'delivered' | 'undelivered';
  readonly calls: number;
}

/** Lines that were dropped because nobody took them. */
export interface MissedNotice {
  readonly type: 'missed';
  readonly lines: number;
}

export interface AttemptNotice {
  readonly type: 'attempt';
  /** The capture that was sent, when it was one. */
  readonly capture?: string | undefined;
  readonly to: string;
  /** Counts from 1. */
  readonly number: number;
  /** null when no answer came. */
  readonly status: number | null;
  /** Why no answer came or its body has no end, or the start of an answer other than 200. */
  readonly reason: string | null;
  readonly ms: number;
  /** The server closed a kept connection without an answer, and a new one was used. */
  readonly reconnected?: true | undefined;
  /** When it ended, of an attempt that was recorded. ISO 8601 in UTC. */
  readonly time?: string | undefined;
  /** What was in the call. */
  readonly sent?: SentNotice | undefined;
  /** What became of a call that is forwarded. */
  readonly state?: 'delivered' | 'delayed' | 'dead' | undefined;
  /** When a delayed one is tried again. ISO 8601 in UTC. */
  readonly due?: string | undefined;
}

/** The handler is spared from now on, but for a probe now and then; or it is well again. */
export interface BreakerNotice {
  readonly type: 'breaker';
  readonly state: 'open' | 'closed';
  readonly time: string;
  readonly to: string;
  /** Why it opened: `refusing` when the handler refuses every call. null: it closes. */
  readonly cause: 'unreachable' | 'busy' | 'failing' | 'refusing' | null;
  /** What the last attempt met. */
  readonly reason: string | null;
  /** Since when it was open, of one that closes. */
  readonly since: string | null;
}

export interface SentNotice {
  /** Like `email open`. */
  readonly what: string;
  /** How many. */
  readonly events: number;
  /** That of the first event. */
  readonly msgid: string | null;
}

export interface SummaryNotice extends AttemptSummary {
  readonly type: 'summary';
}

export interface CheckNotice {
  readonly type: 'check';
  readonly id: string;
  readonly group: string;
  readonly outcome: 'pass' | 'warn' | 'fail' | 'skip';
  readonly findings: readonly FindingNotice[];
}

export interface FindingNotice {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** The endpoint's, where it is known and the fix is a matter of code or configuration. */
  readonly framework?: string;
  /** Whether the snippet was proven on a running receiver. */
  readonly tested?: boolean;
  /** Lines for that framework. */
  readonly snippet?: string;
}

/** A check that could be run, as a list shows it. */
export interface ListedCheckNotice {
  readonly type: 'listed_check';
  readonly id: string;
  readonly group: string;
  /** The smallest suite that it is part of; `asked`: of none, its own option asks for it. */
  readonly suite: 'basic' | 'full' | 'asked';
  readonly title: string;
  /** What reaches the endpoint, in words. */
  readonly sends: string;
  /** It sends nothing that could be taken for an event. */
  readonly harmless: boolean;
}

/** What a burst measured. Times in milliseconds, from when a call was due. */
export interface LoadNotice extends AttemptSummary {
  readonly type: 'load';
  /** How many calls at a time, and for how long. */
  readonly atOnce: number;
  readonly lasted: number;
  /** Calls per second. */
  readonly rate: number;
  readonly max: number | null;
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSliceNotice[];
}

/** A part of a run: when it begins (milliseconds), its calls, those not answered 200, the slowest. */
interface TimeSliceNotice {
  readonly at: number;
  readonly calls: number;
  readonly not200: number;
  readonly slowest: number;
}

/** How a soak goes on. */
export interface SoakNotice {
  readonly type: 'soak';
  /** `failed`: the first call of an outage was. `hour`: another one has passed. */
  readonly event: 'resumed' | 'failed' | 'recovered' | 'hour';
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly calls: number;
  /** How many calls there are when it is over. */
  readonly planned: number;
  readonly answered200: number;
  /** What the call met that failed. */
  readonly reason: string | null;
  /** Where it is kept how far it has come. */
  readonly state?: string | undefined;
}

/** What a soak found, also one that was stopped. Times in milliseconds or ISO 8601 in UTC. */
export interface EnduranceNotice extends AttemptSummary {
  readonly type: 'endurance';
  readonly begun: string;
  readonly planned: number;
  readonly max: number | null;
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSliceNotice[];
  /** The first hundred; `to` is null when it was not over. */
  readonly outages: readonly {
    readonly from: string;
    readonly to: string | null;
    readonly calls: number;
    readonly reason: string;
  }[];
  readonly outageCount: number;
}

/** A report was written. */
export interface ReportNotice {
  readonly type: 'report';
  readonly path: string;
}

export interface VerdictNotice {
  readonly type: 'verdict';
  readonly verdict: 'ready' | 'warnings' | 'not_ready';
}

export interface PayloadNotice {
  readonly type: 'payload';
  /** The payload's own JSON on one line, numbers as they were written. */
  readonly payload: JsonText;
  /** What was peeled off, outermost first. */
  readonly layers: readonly { readonly name: string; readonly detail: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** How many events it holds. */
  readonly events: number;
}

export interface SampleNotice {
  readonly type: 'sample';
  readonly channel: string;
  readonly activity: string;
  /** Netcore's page, or the sample that it was derived from. */
  readonly source: string;
}

/** What `--print` asked for instead of sending; `--print json` says a `payload`. */
export interface PrintedNotice {
  readonly type: 'printed';
  readonly print: 'form' | 'curl';
  readonly text: string;
}

/** Something to know that stops nothing. Goes to stderr. */
export interface WarningNotice {
  readonly type: 'warning';
  readonly code: string;
  readonly message: string;
}

/** How captures are spread over what they were counted by. */
export interface StatisticsNotice {
  readonly type: 'stats';
  readonly by: 'channel' | 'panel' | 'peer' | 'hour';
  readonly captures: number;
  readonly events: number;
  /** When the oldest and the newest came, ISO 8601 in UTC; null when there are none. */
  readonly first: string | null;
  readonly last: string | null;
  /** How far back the whole history reaches; null: nothing was removed from it. */
  readonly reach: Omit<ReachNotice, 'type'> | null;
  /** The most frequent first, hours as they passed (ISO 8601 in UTC). */
  readonly counts: readonly CountNotice[];
}

export interface CountNotice {
  readonly name: string;
  /** How many captures have something of it, and how many events are of it. */
  readonly captures: number;
  readonly events: number;
}

/** The smallest set of a capture's events that an endpoint still does not answer 200. */
export interface BisectedNotice {
  readonly type: 'bisected';
  readonly capture: string;
  /** False: the endpoint answers the whole capture 200. */
  readonly fails: boolean;
  /** `number` is the event's place in the batch, from 1. */
  readonly events: readonly (EventSummary & { readonly number: number })[];
  /** Where they were saved. */
  readonly file: string | null;
}

export interface ImportedNotice {
  readonly type: 'imported';
  readonly captures: number;
  /** How many more were in the store already. */
  readonly known: number;
}

export interface PrunedNotice {
  readonly type: 'pruned';
  readonly captures: number;
  /** How many are left. */
  readonly left: number;
}

/** Goes to stderr. */
export interface ProblemNotice {
  readonly type: 'problem';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

/** A schema was asked for. */
export interface JsonSchemaNotice {
  readonly type: 'json_schema';
  readonly json_schema: JsonText;
}

/** Where settings come from. */
export interface ConfigNotice {
  readonly type: 'config';
  /** The project file; null: there is none. */
  readonly file: string | null;
  /** The settings of this user, for all projects; null: there are none. */
  readonly user_file: string | null;
  readonly profile: string;
  /** The flag or variable that chose it; null: nothing did. */
  readonly profile_from: string | null;
  /** Those of these files. */
  readonly profiles: readonly string[];
}

/** One setting: what counts now, and who says so. */
export interface SettingNotice {
  readonly type: 'setting';
  /** What the project file calls it. */
  readonly key: string;
  /** Without secrets. null: nothing, or a variable that is not set. */
  readonly value: string | number | boolean | readonly (string | null)[] | null;
  readonly source:
    | { readonly kind: 'default' }
    | { readonly kind: 'flag' | 'variable'; readonly name: string }
    | {
        readonly kind: 'file';
        readonly path: string;
        readonly key: string;
        readonly line: number;
        /** Those that the file refers to for it. */
        readonly variables?: readonly string[];
      };
  readonly flag: string;
  readonly variable: string | null;
  readonly commands: readonly string[];
  /** How the project file writes it, as JSON. */
  readonly example: JsonText;
  readonly says: string;
}
