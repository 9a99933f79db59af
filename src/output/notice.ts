import type { ListenerHealth } from '../call/ask-health.js';
import type { DeliveryNotice, DeliveryState, SkipReason } from '../call/delivery.js';
import type { HistogramBucket } from '../call/histogram.js';
import type { Outcome } from '../call/outcome.js';
import type { AttemptSummary } from '../call/summarize-attempts.js';
import type { KeyedEvent } from '../payload/event-key.js';
import type { FieldFacts } from '../payload/field-counts.js';
import type { FieldDrift } from '../payload/field-drift.js';
import type { JsonText } from './json-text.js';

/*
 * A notice is one JSON line of a command's `--json` (plus `"schema":1`). Views format the same
 * notices as text.
 */

/** A handler that calls are forwarded to. */
export interface HandlerNotice {
  /** What the user calls it; null when it has no name. */
  readonly name: string | null;
  readonly to: string;
}

export interface ReadyNotice {
  readonly type: 'ready';
  readonly url: string;
  /** Undefined when the inspector does not run. */
  readonly inspector?: string | undefined;
  readonly store: string;
  /** The URL of the first handler; undefined without forwarding. */
  readonly forwardTo?: string | undefined;
  /** Every handler; undefined without forwarding. */
  readonly handlers?: readonly HandlerNotice[] | undefined;
  /** The project file in use, if any. */
  readonly config?: string | undefined;
  readonly pid: number;
  /** Retention limits: newest captures, age in milliseconds, bytes. null is unlimited. */
  readonly keeps: {
    readonly captures: number | null;
    readonly ms: number | null;
    readonly bytes: number | null;
  };
  /** Accepted user names; empty without authentication. */
  readonly users: readonly string[];
  /** The credentials that `--auth generate` created. Shown only here. */
  readonly generated?: GeneratedLogin | undefined;
  /** The program that opens a public address; a `tunnel` line follows when the address works. */
  readonly tunnelBy?: 'cloudflared' | 'ssh' | undefined;
  /** The public address, in the ready file of a listener that has one. */
  readonly tunnel?: string | undefined;
  /** The URL of the metrics; undefined without them. */
  readonly metrics?: string | undefined;
  /** The options of the alert channels; undefined when it neither forwards nor sends alerts. */
  readonly alerts?: readonly string[] | undefined;
}

/** What a channel answered to the alert of `--alert-test`. */
export interface AlertTestNotice {
  readonly type: 'alert_test';
  /** Like `--alert-email`. */
  readonly channel: string;
  readonly delivered: boolean;
  /** A sentence. */
  readonly answer: string;
}

interface GeneratedLogin {
  readonly user: string;
  readonly password: string;
}

/** The state of a listener's public address. */
export interface TunnelNotice {
  readonly type: 'tunnel';
  /**
   * `open`: a probe sent through the address reached this listener. `silent`: the address exists,
   * and no probe has arrived. `lost`: the program has ended and restarts.
   */
  readonly state: 'open' | 'silent' | 'lost';
  readonly time: string;
  /** The URL to post to; for a lost tunnel, the previous one. */
  readonly url: string;
  /** The address differs from the last announced one. */
  readonly changed: boolean;
  readonly by: 'cloudflared' | 'ssh';
  /** The accepted user name. */
  readonly user: string;
  /** What prevents access; null when open. */
  readonly reason: string | null;
}

/** The inspector is ready. */
export interface InspectingNotice {
  readonly type: 'ready';
  /** The page's address, including the requested call. */
  readonly inspector: string;
  /** Whether this process or the store's listener serves it. */
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
  /** The status it was answered. */
  readonly status: number;
  readonly panels: readonly string[];
  readonly events: readonly KeyedEvent[];
  /** The total, when `events` holds only the first ones. */
  readonly eventCount?: number | undefined;
  /** Why the body is not a payload, as a sentence; null when it is. */
  readonly problem: string | null;
  /**
   * The outcome, when read from history; null when the capture was never forwarded nor replayed.
   */
  readonly outcome?: Outcome | null | undefined;
  /** Why forwarding skipped it. */
  readonly skipped?: SkipReason | undefined;
  /** How many events `history erase` removed. The body is then not as received. */
  readonly erased?: number | undefined;
}

/** A capture with everything stored about it. */
export interface RecordNotice extends Omit<CaptureNotice, 'type'> {
  readonly type: 'capture';
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** base64. */
  readonly body: string;
  /** The most urgent of `deliveries`; null when it was never queued. */
  readonly delivery: DeliveryNotice | null;
  /** One for each handler, the most urgent first: dead, failed, waiting, delivered, skipped. */
  readonly deliveries: readonly DeliveryNotice[];
  readonly attempts: readonly (Omit<AttemptNotice, 'type'> & {
    /** The start of the answer's body: at most a kilobyte, as text. null when no answer arrived. */
    readonly answer: string | null;
  })[];
}

export interface RefusedNotice {
  readonly type: 'refused';
  readonly time: string;
  readonly remote: string;
  readonly status: number;
  /** A permanent code, like `wrong_password`. */
  readonly code: string;
  /** The attempted user name, if any. */
  readonly user?: string | undefined;
  readonly method?: string | undefined;
  readonly target?: string | undefined;
  /** The internal error, if that was the reason. */
  readonly reason?: string | undefined;
  /** Calls not answered 200 since the listener started, including this one. */
  readonly not200: number;
}

/** A queue worker has started. */
export interface WorkingNotice {
  readonly type: 'working';
  /** The URL of the first handler. */
  readonly to: string;
  readonly handlers: readonly HandlerNotice[];
  /** The store's folder or the Redis that holds the calls. */
  readonly queue: string;
  readonly pid: number;
  /** The URL of the metrics; undefined without them. */
  readonly metrics?: string | undefined;
  /** The options of the alert channels. */
  readonly alerts: readonly string[];
}

/** The health of a store and its listeners. */
export interface StatusNotice {
  readonly type: 'status';
  readonly well: boolean;
  /** The reasons when not well, one sentence each. */
  readonly problems: readonly string[];
  readonly listeners: readonly ListenerNotice[];
  readonly workers: readonly WorkerNotice[];
  /** The store's queued calls, by target. */
  readonly queues: readonly Omit<QueueNotice, 'type'>[];
  /** The queues in the Redis of `--queue`, of all listeners; null without the option or the server. */
  readonly redis: readonly Omit<QueueNotice, 'type'>[] | null;
  /** The workers of that Redis, on all machines; null without the option or the server. */
  readonly redisWorkers: readonly RedisWorkerNotice[] | null;
  /** The newest capture; null when there is none. */
  readonly last: CaptureNotice | null;
  readonly store: {
    readonly folder: string;
    /** Disk usage; null when there is no store. */
    readonly bytes: number | null;
    /** Free space on its disk. */
    readonly free: number | null;
    /** null when nothing was removed. */
    readonly reach: Omit<ReachNotice, 'type'> | null;
    /** Unfinished and dead calls exceed `--keep-size`; null when they do not. */
    readonly overSize: { readonly bytes: number; readonly limit: number } | null;
    /** The clock has jumped, so retention by age is paused; null when it has not. */
    readonly clock: {
      /** `jump`: while a listener ran. `gap`: since the store's last use. */
      readonly since: 'jump' | 'gap';
      /** Milliseconds ahead; negative when behind. */
      readonly ahead: number;
      /** Milliseconds until retention accepts the clock. */
      readonly left: number;
    } | null;
  };
}

export interface RedisWorkerNotice {
  readonly to: string;
  /** The name of its machine. */
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

export type RemovalCause = 'keep' | 'keep_for' | 'keep_size' | 'prune';

/** How far back a store's history reaches. Times are ISO 8601 in UTC. */
export interface ReachNotice {
  readonly type: 'reach';
  /**
   * Every capture with a payload recorded after this time is present; null when nothing is missing.
   */
  readonly since: string | null;
  /** What removed the newest missing capture: an option of listen, or history prune. */
  readonly cause: RemovalCause | null;
  /** The option's value, in captures, milliseconds or bytes. */
  readonly limit: number | null;
  /** When it last did so. */
  readonly time: string | null;
  /** Number of removed captures, for all causes. */
  readonly removed: number;
  /**
   * Number of captures without a payload that were removed first, because they exceeded their
   * share.
   */
  readonly withoutPayload: number;
}

export interface ListenerNotice {
  readonly pid: number;
  readonly url: string;
  /** ISO 8601 in UTC. */
  readonly started: string;
  readonly health: ListenerHealth;
  /** The inspector's address; null when it has none. */
  readonly inspector: string | null;
  /** No call arrives for `--alert-silence`; null when calls arrive, or silence is not watched. */
  readonly silence: SilenceNotice | null;
}

/** Times are ISO 8601 in UTC. */
export interface SilenceNotice {
  /** As the option is written: `30m@08:00-23:00`. */
  readonly limit: string;
  /** Since when no call arrives at all; null when only these webhooks are silent. */
  readonly since: string | null;
  readonly webhooks: readonly {
    readonly panel: string;
    /** null for events without a label. */
    readonly webhook: string | null;
    readonly since: string;
  }[];
}

/** A process that forwards calls. Times are ISO 8601 in UTC. */
export interface WorkerNotice {
  readonly pid: number;
  readonly to: string;
  /** The Redis it works for; null for the store. */
  readonly queue: string | null;
  readonly started: string;
  /** It keeps the order of calls within a panel. */
  readonly ordered: boolean;
  /** `open`: the handler fails, and only occasional probes are sent. */
  readonly breaker: {
    readonly state: 'closed' | 'open';
    readonly since: string | null;
    /** The outcome of the last attempt. */
    readonly reason: string | null;
  };
}

/** The queued calls of a target. */
export interface QueueNotice {
  readonly type: 'queue';
  readonly target: string;
  /** What the user calls the handler; null when it has no name. */
  readonly name?: string | null;
  /** The Redis that has them; null for the store. */
  readonly queue: string | null;
  readonly states: Readonly<Record<DeliveryState, number>>;
  /** Skipped calls without data, or with unreadable data. */
  readonly unforwarded: number;
  /** When the oldest unfinished call was queued, ISO 8601 in UTC; null when there is none. */
  readonly oldest: string | null;
  /** Since when workers send nothing there, ISO 8601 in UTC; null when it is not paused. */
  readonly paused: string | null;
}

/** A queued call. Times are ISO 8601 in UTC. */
export interface QueuedNotice {
  readonly type: 'queued';
  readonly capture: string;
  readonly target: string;
  readonly state: DeliveryState;
  /** When it was queued, or its retry requested. */
  readonly queued: string;
  /** When a delayed call is retried. */
  readonly due: string | null;
  /** Number of tries since it was queued. */
  readonly tries: number;
  /** The status of the last try; null without a try or an answer. */
  readonly status: number | null;
  /** Why no answer arrived, or what an answer other than 200 says. */
  readonly reason: string | null;
}

/** Something that happened to a store or its queue. `detail`: see `JournalFact`. */
export interface JournalNotice {
  readonly type: 'journal';
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** The user of the operating system who did it; empty when unknown. */
  readonly user: string;
  readonly kind: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** The store was copied into one file. */
export interface BackupNotice {
  readonly type: 'backup';
  readonly path: string;
  readonly bytes: number;
  readonly captures: number;
  /** Servers with calls of this store, which the file does not contain. Without credentials. */
  readonly elsewhere: readonly string[];
}

/** A code that `explain` knows. */
export interface CodeNotice {
  readonly type: 'code';
  readonly code: string;
  readonly kind: 'problem' | 'warning' | 'finding';
  /** The document that explains it. */
  readonly page: string;
}

/** What a code means, and what to do. */
export interface ExplanationNotice extends Omit<CodeNotice, 'type'> {
  readonly type: 'explanation';
  readonly text: string;
}

/** Queued calls are due again. */
export interface RetriedNotice {
  readonly type: 'retried';
  readonly calls: number;
  /** The URL they were moved to; null when they keep theirs. */
  readonly to: string | null;
  /** Nothing was changed; with the number of calls by state. `unqueued`: captures without a call. */
  readonly dryRun?: true;
  readonly states?: Readonly<Partial<Record<DeliveryState | 'unqueued', number>>>;
}

/** A target was paused, or is worked again. */
export interface PauseNotice {
  readonly type: 'paused' | 'resumed';
  readonly target: string;
  /** The Redis that has its calls; null for the store. */
  readonly queue: string | null;
}

/** Waiting calls were moved from one queue to another. */
export interface MovedNotice {
  readonly type: 'moved';
  readonly calls: number;
  /** The Redis that had them, and the one that has them now; null for the store. */
  readonly from: string | null;
  readonly to: string | null;
  /** True: nothing was moved yet. */
  readonly dryRun?: true;
}

/** Calls were removed from a queue. */
export interface DroppedNotice {
  readonly type: 'dropped';
  readonly calls: number;
}

/** The listener has reloaded its credentials and certificate. */
export interface ReloadedNotice {
  readonly type: 'reloaded';
  readonly time: string;
  /** The accepted user names. */
  readonly users: readonly string[];
}

/** Calls of one second, too many to show one by one. */
export interface RateNotice {
  readonly type: 'rate';
  readonly time: string;
  /** `delivered` and `undelivered` count forwarding tries. */
  readonly what: 'recorded' | 'refused' | 'delivered' | 'undelivered';
  readonly calls: number;
}

/** Lines that were dropped because the reader was too slow. */
export interface MissedNotice {
  readonly type: 'missed';
  readonly lines: number;
}

export interface AttemptNotice {
  readonly type: 'attempt';
  /** The capture that was sent, if any. */
  readonly capture?: string | undefined;
  readonly to: string;
  /** The handler, when there are several: its name, else its host and port. */
  readonly handler?: string | undefined;
  /** Counts from 1. */
  readonly number: number;
  /** null when no answer arrived. */
  readonly status: number | null;
  /** Why no answer arrived or its body did not end, or the start of an answer other than 200. */
  readonly reason: string | null;
  readonly ms: number;
  /** The server closed a kept connection without an answer, and a new one was used. */
  readonly reconnected?: true | undefined;
  /** When a stored attempt ended. ISO 8601 in UTC. */
  readonly time?: string | undefined;
  /** The content of the call. */
  readonly sent?: SentNotice | undefined;
  /** The state of a forwarded call. */
  readonly state?: 'delivered' | 'delayed' | 'dead' | undefined;
  /** When a delayed call is retried. ISO 8601 in UTC. */
  readonly due?: string | undefined;
}

/** Forwarding pauses, except for occasional probes (`open`), or resumes (`closed`). */
export interface BreakerNotice {
  readonly type: 'breaker';
  readonly state: 'open' | 'closed';
  readonly time: string;
  readonly to: string;
  /** The handler, when there are several: its name, else its host and port. */
  readonly handler?: string | undefined;
  /** Why it opened; `refusing`: the handler rejects every call. null when it closes. */
  readonly cause: 'unreachable' | 'busy' | 'failing' | 'refusing' | null;
  /** The outcome of the last attempt. */
  readonly reason: string | null;
  /** When a closing breaker had opened. */
  readonly since: string | null;
}

export interface SentNotice {
  /** Like `email open`. */
  readonly what: string;
  /** Number of events. */
  readonly events: number;
  /** The msgid of the first event. */
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
  /** What the endpoint should have stored, as a sentence. */
  readonly note?: string;
}

export interface FindingNotice {
  readonly code: string;
  readonly message: string;
  /** The text of the endpoint's answer, shortened and without markup. Untrusted. */
  readonly answer?: string;
  readonly fix: string;
  /** The endpoint's framework, when known and the fix concerns code or configuration. */
  readonly framework?: string;
  /** Whether the snippet was tested on a running receiver. */
  readonly tested?: boolean;
  /** Code or configuration for that framework. */
  readonly snippet?: string;
  /** The calls that show it. */
  readonly calls?: readonly FailedCallNotice[];
}
/** A call that a finding is about, so that it can be repeated alone. */
export interface FailedCallNotice {
  readonly what: string;
  readonly method: string;
  /** Without the values of its query. */
  readonly url: string;
  readonly status: number | null;
  /** The text of the answer, or why none arrived. Untrusted, without secrets. */
  readonly answer: string;
  readonly body: string;
  /** For bash. Takes secrets from variables, and a large body from stdin. */
  readonly curl: string;
}
/** A run of `--watch` begins. */
export interface RoundNotice {
  readonly type: 'round';
  readonly round: number;
  readonly time: string;
  readonly reason: 'start' | 'change' | 'enter' | 'back';
  /** The files that changed since the run before. */
  readonly files: readonly string[];
}
/** How the findings of a run differ from those of the runs before. */
export interface ChangesNotice {
  readonly type: 'changes';
  readonly round: number;
  readonly mended: readonly { readonly check: string; readonly code: string }[];
  readonly added: readonly { readonly check: string; readonly code: string }[];
  readonly remaining: readonly { readonly check: string; readonly code: string }[];
}
/** After a change, `--watch` found the endpoint down, and waits for it. */
export interface RestartNotice {
  readonly type: 'restart';
}
/** `--watch` waits for the next run. */
export interface WatchingNotice {
  readonly type: 'watching';
  readonly paths: readonly string[];
  /** Enter also starts a run. */
  readonly enter: boolean;
  /** So does an endpoint that answers again. */
  readonly down: boolean;
}
/** The files that `--save-failures` wrote. */
export interface FailuresNotice {
  readonly type: 'failures';
  readonly folder: string;
  readonly calls: number;
  /** The script that repeats the first. */
  readonly script: string | null;
}

export interface ListedCheckNotice {
  readonly type: 'listed_check';
  readonly id: string;
  readonly group: string;
  /** The smallest suite that includes it; `asked`: only its own option selects it. */
  readonly suite: 'basic' | 'full' | 'asked';
  readonly title: string;
  /** What the check sends, in words. */
  readonly sends: string;
  /** It sends nothing that could be taken for an event. */
  readonly harmless: boolean;
}

/** The figures of a burst. Times in milliseconds, from when a call was due. */
export interface LoadNotice extends AttemptSummary {
  readonly type: 'load';
  /** The concurrency, and the duration in milliseconds. */
  readonly atOnce: number;
  readonly lasted: number;
  /** Calls per second. */
  readonly rate: number;
  readonly max: number | null;
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSliceNotice[];
}

/** A slice of a run: its start (milliseconds), its calls, those not answered 200, the slowest. */
interface TimeSliceNotice {
  readonly at: number;
  readonly calls: number;
  readonly not200: number;
  readonly slowest: number;
}

export interface SoakNotice {
  readonly type: 'soak';
  /** `failed`: the first failed call of an outage. `hour`: another hour has passed. */
  readonly event: 'resumed' | 'failed' | 'recovered' | 'hour';
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly calls: number;
  /** Total number of calls in the plan. */
  readonly planned: number;
  readonly answered200: number;
  /** The outcome of the failed call. */
  readonly reason: string | null;
  /** The file that stores the progress. */
  readonly state?: string | undefined;
}

/** The figures of a soak, complete or stopped. Times in milliseconds or ISO 8601 in UTC. */
export interface EnduranceNotice extends AttemptSummary {
  readonly type: 'endurance';
  readonly begun: string;
  readonly planned: number;
  readonly max: number | null;
  readonly latencies: readonly HistogramBucket[];
  readonly timeLine: readonly TimeSliceNotice[];
  /** The first hundred; `to` is null for an outage that had not ended. */
  readonly outages: readonly {
    readonly from: string;
    readonly to: string | null;
    readonly calls: number;
    readonly reason: string;
  }[];
  readonly outageCount: number;
}

export interface ReportNotice {
  readonly type: 'report';
  readonly path: string;
}

export interface VerdictNotice {
  readonly type: 'verdict';
  readonly verdict: 'ready' | 'warnings' | 'not_ready';
  /** What ended the run before its last check. */
  readonly cause?: {
    readonly check: string;
    readonly code: string;
    readonly message: string;
    readonly fix: string;
  };
}

export interface PayloadNotice {
  readonly type: 'payload';
  /** The payload's own JSON on one line, with numbers as written. */
  readonly payload: JsonText;
  /** The removed encodings, outermost first. */
  readonly layers: readonly { readonly name: string; readonly detail: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** Number of events. */
  readonly events: number;
}

export interface SampleNotice {
  readonly type: 'sample';
  readonly channel: string;
  readonly activity: string;
  /** Netcore's page, or the sample it was derived from. */
  readonly source: string;
}

/** A receiver that `init` can write. */
export interface StarterNotice {
  readonly type: 'starter';
  readonly framework: string;
  readonly name: string;
  /** The versions that its tests run it with. */
  readonly ran_with: string;
}

/** A receiver that `init` wrote. */
export interface CreatedNotice {
  readonly type: 'created';
  readonly framework: string;
  readonly name: string;
  /** As typed. */
  readonly folder: string;
  /** Paths in the folder. */
  readonly files: readonly string[];
  /** The commands that install what it needs. */
  readonly install: readonly string[];
  /** The command that starts it, with credentials in the environment. */
  readonly start: string;
}

/** The output of `--print`; `--print json` emits a `payload` instead. */
export interface PrintedNotice {
  readonly type: 'printed';
  readonly print: 'form' | 'curl' | 'ndjson';
  readonly text: string;
}

/** A built-in journey. */
export interface JourneyNotice {
  readonly type: 'journey';
  readonly name: string;
  readonly description: string;
  /** What contacts do to enter it. */
  readonly start: string;
  readonly channels: readonly string[];
}

/** A simulation begins. The same line is the first of its truth file. */
export interface SimulationNotice {
  readonly type: 'simulation';
  /** The name of a built-in journey, or the file. */
  readonly journey: string;
  readonly seed: number;
  /** ISO 8601 in UTC. */
  readonly start: string;
  readonly panel: string;
  readonly contacts: number;
}

/** An event of a simulation, as the truth file records it. */
export interface TruthNotice {
  readonly type: 'truth';
  readonly key: string;
  /** The number of its call, from 1. */
  readonly call: number;
  /** When the call was answered or omitted, ISO 8601 in UTC. */
  readonly time: string;
  readonly panel: string;
  readonly msgid: string;
  readonly contact: string;
  readonly channel: string;
  readonly activity: string;
  readonly ts: string;
  readonly detail: string;
  readonly webhook: string;
  /** The journey's own name, and the node of its webhook. */
  readonly journey: string;
  readonly node: string;
  /** An event with this key was sent before. */
  readonly repeat: boolean;
  readonly late: boolean;
  /** null without an answer. */
  readonly status: number | null;
  /** The reason for a missing answer; `outage` and `disabled` mark events that were not sent. */
  readonly reason: string | null;
}

/** What a simulation sent, or with `--dry-run` what it would send. */
export interface SimulatedNotice {
  readonly type: 'simulated';
  readonly dryRun: boolean;
  readonly contacts: number;
  /** Contacts that met the journey's condition. */
  readonly entered: number;
  readonly condition: string;
  readonly funnel: readonly FunnelNotice[];
  readonly calls: number;
  /** Events that were sent, and those of them whose key was sent before. */
  readonly events: number;
  readonly repeats: number;
  /** The number of distinct events that were answered 200. */
  readonly stored: number;
  /** Distinct events that were sent and never answered 200. */
  readonly unconfirmed: number;
  readonly panel: string;
  /** The first and the last. */
  readonly msgids: readonly [first: number, last: number];
  /** Webhooks carried the activity that started the journey, which Netcore does not document. */
  readonly assumedTrigger: boolean;
  readonly drill: DrillNotice | null;
}

/** A node of a journey, with the contacts that came to it. */
export interface FunnelNotice {
  readonly node: string;
  readonly type: 'message' | 'wait' | 'webhook';
  /** The channel, the activity that it waits for, or the webhook's label. */
  readonly what: string;
  readonly contacts: number;
  /** What became of them: activities, `met` and `missed`, or `events`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The assumed rules of an outage, and what it cost. Durations in milliseconds. */
export interface DrillNotice {
  /** ISO 8601 in UTC, of the simulated clock; null without an outage. */
  readonly from: string | null;
  readonly until: string | null;
  /** Calls in a row that are not answered 200; null: never. */
  readonly disableAfter: number | null;
  readonly retries: { readonly times: number; readonly every: number } | null;
  /** The labels of webhooks that were disabled, and when. */
  readonly disabled: readonly { readonly webhook: string; readonly time: string }[];
  /** Distinct events that were never sent: during the outage, and after a webhook was disabled. */
  readonly lost: { readonly outage: number; readonly disabled: number };
  /** The same with a listener in front, which answers each call. */
  readonly lostWithListener: 0;
}

/** A warning. Goes to stderr. */
export interface WarningNotice {
  readonly type: 'warning';
  readonly code: string;
  readonly message: string;
}

/** Names the zone of a list's times, on a terminal only. */
export interface TimesNotice {
  readonly type: 'times';
}

/** Counts of captures by a property. */
type StatisticsBy =
  | 'channel'
  | 'panel'
  | 'webhook'
  | 'journey'
  | 'message'
  | 'duplicate'
  | 'peer'
  | 'hour'
  | 'day';

export interface StatisticsNotice {
  readonly type: 'stats';
  readonly by: StatisticsBy;
  readonly captures: number;
  readonly events: number;
  /** When the oldest and the newest were received, ISO 8601 in UTC; null when there are none. */
  readonly first: string | null;
  readonly last: string | null;
  /** How far back the whole history reaches; null when nothing was removed. */
  readonly reach: Omit<ReachNotice, 'type'> | null;
  /** Most frequent first; local hours and days in order, named by their start (ISO 8601 in UTC). */
  readonly counts: readonly CountNotice[];
  /** By duplicate: how many events were received in addition to the first of each key. */
  readonly repeats?: number;
}

export interface CountNotice {
  readonly name: string;
  /** Captures that contain it, and events that have it. */
  readonly captures: number;
  readonly events: number;
  /** By duplicate: the event whose key is the name. */
  readonly event?: KeyedEvent;
}

/** How the columns of a file are understood. */
export interface ColumnsNotice {
  readonly type: 'columns';
  readonly side: 'expect' | 'in';
  readonly file: string;
  readonly form: 'CSV' | 'JSON' | 'NDJSON' | 'truth';
  /** The columns of each field, in order of precedence. */
  readonly fields: readonly { readonly field: string; readonly columns: readonly string[] }[];
  readonly ignored: readonly string[];
  /** The first rows, as they will be compared. */
  readonly rows: readonly ReconciledRow[];
}

/** What a reconciliation would compare. */
export interface ReconcilePlanNotice {
  readonly type: 'reconcile_plan';
  readonly expected: string;
  readonly in: string;
  readonly key: readonly string[];
  /** The tolerance of times in milliseconds; null: none. */
  readonly within: number | null;
}

/** An event of a reconciliation. Texts are empty where a side lacks the field. */
export interface ReconciledRow {
  /** `report.csv:17`, or the id of an event in the store. */
  readonly at: string;
  readonly panel: string;
  readonly msgid: string;
  readonly who: string;
  readonly channel: string;
  readonly event: string;
  /** ISO 8601 in UTC; null without a time. */
  readonly time: string | null;
}

/** The result of a reconciliation. Counts are of events, but for `rows`. */
export interface ReconciledNotice {
  readonly type: 'reconciled';
  readonly expected: ReconciledSide;
  readonly in: ReconciledSide;
  readonly key: readonly string[];
  readonly within: number | null;
  readonly both: number;
  readonly missing: number;
  readonly unexpected: number;
  /** Events of a truth file that were sent without an answer of 200. They are not expected. */
  readonly unconfirmed: number;
  /** Missing activities of messages of which nothing at all came. The fields below leave them out. */
  readonly silent: readonly {
    readonly msgid: string;
    readonly channel: string;
    readonly event: string;
    readonly events: number;
  }[];
  /** When the first and the last missing event happened, ISO 8601 in UTC; null without times. */
  readonly first: string | null;
  readonly last: string | null;
  /** Missing events by time: the length of a step in seconds, and steps with missing events. */
  readonly histogram: {
    readonly step: number;
    readonly counts: readonly { readonly start: string; readonly events: number }[];
  };
  /** When no listener ran, near the missing events; `until` is null when none runs now. */
  readonly downtimes: readonly { readonly from: string; readonly until: string | null }[];
  /** Since when the store knows its listeners; null: it does not, or it takes no part. */
  readonly listenersSince: string | null;
  /** The first of them. */
  readonly missingRows: readonly ReconciledRow[];
  readonly unexpectedRows: readonly ReconciledRow[];
  /** The file that holds all missing rows. */
  readonly written: string | null;
}

interface ReconciledSide {
  readonly name: string;
  readonly isStore: boolean;
  readonly rows: number;
  /** Rows that repeat an event. */
  readonly repeated: number;
}

/** The events of a message and activity on both sides. */
export interface MessageTotalNotice {
  readonly type: 'message_total';
  readonly msgid: string;
  readonly channel: string;
  readonly event: string;
  readonly expected: number;
  readonly in: number;
}

/** The end of a comparison of totals. */
export interface TotalsNotice {
  readonly type: 'totals';
  readonly expected: string;
  readonly in: string;
  readonly totals: number;
  /** Totals with fewer events than expected, and how many events these lack. */
  readonly short: number;
  readonly missing: number;
}

/** The smallest set of a capture's events that still fails at an endpoint. */
export interface BisectedNotice {
  readonly type: 'bisected';
  readonly capture: string;
  /** False when the endpoint answers the whole capture 200. */
  readonly fails: boolean;
  /** `number` is the event's position in the batch, from 1. */
  readonly events: readonly (KeyedEvent & { readonly number: number })[];
  /** Whether the endpoint answers the remaining events 200. */
  readonly othersPass: boolean;
  /** The file they were saved to. */
  readonly file: string | null;
}

export interface ImportedNotice {
  readonly type: 'imported';
  readonly captures: number;
  /** Captures that the store already had. */
  readonly known: number;
}

export interface PrunedNotice {
  readonly type: 'pruned';
  readonly captures: number;
  /** Remaining captures. */
  readonly left: number;
  /** The space was returned to the disk. */
  readonly compacted: boolean;
}

/** A row of a CSV export; the first one has the names of the columns. */
export interface RowNotice {
  readonly type: 'row';
  readonly values: readonly string[];
}

/** A value in which two captures or events differ. */
export interface DifferenceNotice {
  readonly type: 'difference';
  /** Keys, and indexes from 0: `["payload", "netcore_hook_test", 0, "event"]`. */
  readonly path: readonly (string | number)[];
  /** The path as text: `payload.netcore_hook_test[0].event`. */
  readonly field: string;
  /** The values as JSON texts; null: there is none. */
  readonly one: string | null;
  readonly other: string | null;
}

/** The end of a comparison. */
export interface ComparedNotice {
  readonly type: 'compared';
  readonly one: string;
  readonly other: string;
  readonly differences: number;
  /** Times and ids that also differ, without `--all`. */
  readonly folded: number;
}

/** A field of the events of a channel and an activity. Holds no value. */
export interface FieldNotice {
  readonly type: 'field';
  readonly channel: string;
  readonly activity: string;
  /** `event_params.ts`; `payload_params.items.*.price` for the elements of a list. */
  readonly field: string;
  /** How many events have it with each type. */
  readonly types: FieldFacts['types'];
  /** How many events have it, and which share of those of this kind. */
  readonly events: number;
  readonly share: number;
  /** When the first and the last call with it were received, as ISO 8601 in UTC. */
  readonly first: string;
  readonly last: string;
  /** Whether Netcore's page or published calls have it. */
  readonly documented: boolean;
}

/** A way in which fields differ from a baseline. */
export interface DriftNotice {
  readonly type: 'drift';
  readonly change: FieldDrift['change'];
  readonly channel: string;
  readonly activity: string;
  /** null for a kind of event. */
  readonly field: string | null;
  readonly types: FieldDrift['types'];
  readonly events: number;
  readonly documented: boolean;
}

/** The end of a list of fields. */
export interface FieldsNotice {
  readonly type: 'fields';
  readonly captures: number;
  readonly events: number;
  readonly fields: number;
  /** Fields that differ from the baseline; null without one. */
  readonly drift: number | null;
  /** There were more kinds or fields than are counted. */
  readonly bounded: boolean;
}

/** How a panel sends its calls, measured. Durations in milliseconds; null: nothing shows it. */
export interface FactsNotice {
  readonly type: 'facts';
  readonly calls: number;
  readonly events: number;
  /** Times of the first and the last call, as ISO 8601 in UTC. */
  readonly first: string | null;
  readonly last: string | null;
  /** The most frequent first. */
  readonly peers: readonly { readonly address: string; readonly calls: number }[];
  /** Events of a call, and how far 95 % of the calls' events lie apart. */
  readonly batch: {
    readonly min: number | null;
    readonly median: number | null;
    readonly p95: number | null;
    readonly max: number | null;
    readonly spanMs: number | null;
  };
  /** From the time of an event to its arrival, if the panel's clock has this offset from UTC. */
  readonly lag: {
    readonly offsetMinutes: number;
    /** An IANA zone with this offset. */
    readonly zone: string | null;
    /** The share of events that then arrived within an hour. */
    readonly share: number;
    readonly medianMs: number;
    readonly p95Ms: number;
    readonly maxMs: number;
  } | null;
  /** The share of events that happened a minute or more before one that came earlier. */
  readonly late: number | null;
  /** Events that were received again, and how long after the first time. */
  readonly repeats: {
    readonly events: number;
    readonly share: number | null;
    readonly medianMs: number | null;
    readonly maxMs: number | null;
  };
  /** Calls that were not answered 200, and what followed. */
  readonly failures: {
    readonly calls: number;
    /** How often such calls came in a row, and the most of them. */
    readonly stretches: number;
    readonly longest: number;
    readonly statuses: Readonly<Record<string, number>>;
    /** How many of the calls had events that came again, when, and how often at most. */
    readonly repeated: number;
    readonly repeatMedianMs: number | null;
    readonly repeatTimes: number;
    /** From the last call of a stretch to the next call; and between any two calls. */
    readonly nextMedianMs: number | null;
    readonly nextMaxMs: number | null;
    readonly usualMedianMs: number | null;
    /** No call has come since. */
    readonly isLast: boolean;
  };
}

/** The options of a simulation that were measured in the captures. */
export interface LikeHistoryNotice {
  readonly type: 'like_history';
  /** The calls that were measured. */
  readonly calls: number;
  /** As on a command line: `--batch-max 140`. */
  readonly options: readonly string[];
}

/** What `history erase` found. */
interface ErasureFacts {
  /** The contacts given. */
  readonly contacts: number;
  /** How many identifiers beside the given ones also belong to other contacts, and were left out. */
  readonly shared: number;
  readonly events: number;
  /** Captures that lose events. */
  readonly captures: number;
  /** Captures that are removed as a whole. */
  readonly removed: number;
  /** Of these: calls that a worker was sending. */
  readonly inFlight: number;
  /** Captures whose bodies cannot be decoded. */
  readonly unsearchable: number;
  /** The same of the calls on Redis; null without `--queue`. */
  readonly redis: {
    readonly calls: number;
    readonly events: number;
    readonly inFlight: number;
    readonly unsearchable: number;
  } | null;
}

/** What `history erase` would do. */
export interface ErasurePlanNotice extends ErasureFacts {
  readonly type: 'erasure_plan';
  /** Identifiers that stand beside the given ones in events. Personal data. */
  readonly linked: readonly string[];
}

/** A receipt without personal data. */
export interface ErasedNotice extends ErasureFacts {
  readonly type: 'erased';
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** Whole captures were removed. */
  readonly whole: boolean;
  /** How many identifiers were found beside the given ones. */
  readonly linked: number;
  /** Answers of handlers that named a contact. */
  readonly answers: number;
  /** Whether the store and its queue hold nothing of the contacts any more. */
  readonly complete: boolean;
  readonly unreached: readonly Unreached[];
}

/** What an erasure cannot reach. */
export interface Unreached {
  readonly code:
    | 'queue'
    | 'file'
    | 'damaged'
    | 'in_flight'
    | 'undecodable'
    | 'handlers'
    | 'redis_files'
    | 'backups'
    | 'exports';
  readonly text: string;
}

/** Goes to stderr. */
export interface ProblemNotice {
  readonly type: 'problem';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

export interface JsonSchemaNotice {
  readonly type: 'json_schema';
  readonly json_schema: JsonText;
}

/** The sources of the settings. */
export interface ConfigNotice {
  readonly type: 'config';
  /** The project file; null when there is none. */
  readonly file: string | null;
  /** The user's settings for all projects; null when there are none. */
  readonly user_file: string | null;
  readonly profile: string;
  /** The flag or variable that selected it; null by default. */
  readonly profile_from: string | null;
  /** The profiles of these files. */
  readonly profiles: readonly string[];
}

/** One setting: its effective value and source. */
export interface SettingNotice {
  readonly type: 'setting';
  /** Its key in the project file. */
  readonly key: string;
  /** Without secrets. null when unset, or when its variable is unset. */
  readonly value: string | number | boolean | readonly (string | null)[] | null;
  readonly source:
    | { readonly kind: 'default' }
    | { readonly kind: 'flag' | 'variable'; readonly name: string }
    | {
        readonly kind: 'file';
        readonly path: string;
        readonly key: string;
        readonly line: number;
        /** Why commands must not use it before the user trusts the file. */
        readonly untrusted?: string;
        /** The variables that the file refers to. */
        readonly variables?: readonly string[];
      };
  readonly flag: string;
  readonly variable: string | null;
  readonly commands: readonly string[];
  /** An example for the project file, as JSON. */
  readonly example: JsonText;
  readonly says: string;
}
