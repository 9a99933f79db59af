import { createHash } from 'node:crypto';
import { eachInvisible, escapeCharacter, invisibleRuns } from '../payload/invisible-characters.js';
import type { AlertFact, AlertKind } from './fact.js';
import { alertKinds, type Severity } from './kinds.js';
import { isoTime, noOutlook, type Outlook, type SafeUntil, safeUntilOf } from './outlook.js';
import { commandFor, loss, sentence, titleOf } from './wording.js';

/** A condition that the operator wants to be alerted to. Texts are on one line and untrusted. */
export interface Alert {
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** `resolved` ends the condition of an earlier alert with the same key. */
  readonly state: 'firing' | 'resolved';
  /** Identifies the condition, also after a restart: for receivers that join alerts to incidents. */
  readonly key: string;
  /** What happened, in a few words. */
  readonly title: string;
  /** What happened, in one or two sentences. */
  readonly message: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** Since when, ISO 8601 in UTC. null for a single occurrence, and for the end of a condition. */
  readonly since: string | null;
  /** How often it has happened since the last alert of this kind, this time included. */
  readonly count: number;
  /** Alerts of this kind that were throttled since the last one. */
  readonly heldBack: number;
  /** The machine's name. */
  readonly host: string;
  /** The URL of the listener; null for a worker, and before it listens. */
  readonly listener: string | null;
  readonly profile: string;
  /** What is being lost now, as a sentence. */
  readonly losing: string;
  /** Until when no call is lost; null when that is unknown or already over. */
  readonly safeUntil: SafeUntil | null;
  /** One command that helps; null when there is none. */
  readonly command: string | null;
  /** The figures of the message. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The process that raises alerts. */
export interface AlertSource {
  readonly host: string;
  readonly profile: string;
  /** The folder of its store; empty without one. */
  readonly store: string;
  /** Undefined for a worker, and before the listener has an address. */
  readonly listener: string | undefined;
  readonly outlook: () => Outlook;
  /** Makes a command line act on the same store. */
  readonly onStore: (command: string) => string;
}

/** One or several equal facts. */
export interface Occasion {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Alerts of the kind that were throttled before this one. */
  readonly heldBack: number;
}

/** Less time to repair it makes a warning critical. */
const criticalWithinMs = 6 * 3_600_000;

export function describeAlert(
  fact: AlertFact,
  { time, heldBack }: Occasion,
  source: AlertSource,
): Alert {
  const { kind, ...rest } = fact;
  const { since, ...details } = { since: undefined, ...rest };
  const state = stateOf(fact);
  const outlook = state === 'firing' ? source.outlook() : noOutlook;
  const safeUntil = whenWaiting(fact) ? safeUntilOf(outlook) : safeUntilOf(diskOnly(outlook));
  const command = commandFor(fact, source.listener);
  const counted = 'calls' in fact;
  const more = heldBack > 0 && !counted ? ` Held back before it: ${heldBack} more like this.` : '';
  return {
    kind,
    severity: severityOf(fact, safeUntil, time),
    state,
    key: keyOf(fact, source),
    title: onOneLine(titleOf(fact)),
    message: onOneLine(`${sentence(fact)}${more}`),
    time: isoTime(time),
    since: since === undefined ? null : isoTime(since),
    count: counted ? fact.calls : heldBack + 1,
    heldBack,
    host: source.host,
    listener: source.listener ?? null,
    profile: source.profile,
    losing: onOneLine(loss(fact)),
    safeUntil,
    command: command === undefined ? null : onOneLine(source.onStore(command)),
    details,
  };
}

/** The JSON of an alert on one line, with invisible characters escaped. */
export function alertJson(alert: Alert, more: Readonly<Record<string, unknown>> = {}): string {
  const json = JSON.stringify({ ...more, schema: 1, type: 'alert', ...alert });
  return json.replace(eachInvisible, escapeCharacter);
}

/** The variables of `--alert-command`. */
export function alertVariables(alert: Alert): Readonly<Record<string, string>> {
  return {
    NETCORE_HOOK_ALERT: alert.kind,
    NETCORE_HOOK_ALERT_MESSAGE: alert.message,
    NETCORE_HOOK_ALERT_TITLE: alert.title,
    NETCORE_HOOK_ALERT_SEVERITY: alert.severity,
    NETCORE_HOOK_ALERT_STATE: alert.state,
    NETCORE_HOOK_ALERT_KEY: alert.key,
    NETCORE_HOOK_ALERT_TIME: alert.time,
    NETCORE_HOOK_ALERT_SINCE: alert.since ?? '',
    NETCORE_HOOK_ALERT_COUNT: String(alert.count),
    NETCORE_HOOK_ALERT_HOST: alert.host,
    NETCORE_HOOK_ALERT_LISTENER: alert.listener ?? '',
    NETCORE_HOOK_ALERT_PROFILE: alert.profile,
    NETCORE_HOOK_ALERT_LOSING: alert.losing,
    NETCORE_HOOK_ALERT_SAFE_UNTIL: alert.safeUntil?.time ?? '',
    NETCORE_HOOK_ALERT_COMMAND: alert.command ?? '',
  };
}

function stateOf(fact: AlertFact): Alert['state'] {
  if (fact.kind === 'silence_over' && fact.silent.length > 0) return 'firing';
  return alertKinds[fact.kind].ends ? 'resolved' : 'firing';
}

function severityOf({ kind }: AlertFact, safeUntil: SafeUntil | null, time: number): Severity {
  const { severity } = alertKinds[kind];
  const hurries = kind === 'breaker_opened' || kind === 'queue_old' || kind === 'queue_failing';
  if (!hurries || safeUntil === null) return severity;
  return Date.parse(safeUntil.time) - time < criticalWithinMs ? 'critical' : severity;
}

/** Whether calls wait because of it, so that they are given up in the end. */
function whenWaiting({ kind }: AlertFact): boolean {
  return ['breaker_opened', 'queue_old', 'queue_failing', 'call_dead'].includes(kind);
}

function diskOnly({ diskFull }: Outlook): Outlook {
  return { firstGiveUp: undefined, diskFull };
}

/** PagerDuty takes no longer one. */
const maxKeyLength = 255;
const digestLength = 16;

function keyOf(fact: AlertFact, { host, profile, store }: AlertSource): string {
  const subject = 'to' in fact ? fact.to : 'user' in fact ? fact.user : store;
  const { condition } = alertKinds[fact.kind];
  const key = onOneLine(['netcore-hook', host, profile, condition, subject].join('/'));
  if (key.length <= maxKeyLength) return key;
  const digest = createHash('sha256').update(key).digest('hex').slice(0, digestLength);
  return `${key.slice(0, maxKeyLength - digestLength - 1)}#${digest}`;
}

/**
 * An environment cannot hold zero bytes, a line feed would forge a second message or header, and
 * direction marks change how a text reads.
 */
function onOneLine(text: string): string {
  return text.replace(invisibleRuns, ' ');
}
