import type { SkipReason } from '../call/delivery.js';

/**
 * What an alert is about. Times are milliseconds since 1970, spans are milliseconds. `since`: when
 * the condition began, or the first of several calls.
 */
export type AlertFact =
  | CallsDead
  | {
      readonly kind: 'breaker_opened';
      readonly since: number;
      readonly to: string;
      readonly status: number | null;
      readonly reason: string | null;
    }
  | { readonly kind: 'breaker_closed'; readonly to: string; readonly lasted: number }
  | CallsNotForwarded
  /** `age`: of the oldest unfinished call. `paused`: since when; null: it is not. */
  | {
      readonly kind: 'queue_old';
      readonly since: number;
      readonly to: string;
      readonly age: number;
      readonly paused: number | null;
    }
  | { readonly kind: 'queue_caught_up'; readonly to: string; readonly lasted: number }
  | {
      readonly kind: 'queue_failing';
      readonly since: number;
      readonly to: string;
      readonly reason: string;
    }
  | { readonly kind: 'queue_recovered'; readonly to: string; readonly lasted: number }
  | Silence
  | SilenceOver
  | { readonly kind: 'store_failing'; readonly since: number; readonly reason: string }
  | { readonly kind: 'store_recovered'; readonly lasted: number }
  | DiskLow
  | { readonly kind: 'disk_recovered'; readonly free: number; readonly lasted: number }
  | WrongPassword
  | CallsNotAnswered200
  | CallsRefused
  | {
      readonly kind: 'soak_failed';
      readonly since: number;
      readonly to: string;
      /** null when no answer arrived. */
      readonly status: number | null;
      readonly reason: string | null;
    }
  | { readonly kind: 'soak_recovered'; readonly to: string; readonly lasted: number }
  /** A limit of the store removed captures that another limit, `before`, would have kept. */
  | {
      readonly kind: 'captures_removed';
      /** Like `--keep 20`. */
      readonly limit: string;
      /** Like `--keep-for 30d`. */
      readonly before: string;
      readonly captures: number;
      /** Of the newest removed capture. */
      readonly age: number;
    }
  /** Sent by `--alert-test`. */
  | { readonly kind: 'test' };

export type AlertKind = AlertFact['kind'];

/** An answer of a handler, and how many calls got it. */
export interface AnswerCount {
  /** null when no answer arrived. */
  readonly status: number | null;
  readonly reason: string | null;
  readonly calls: number;
}

/** The fields from `capture` to `reason` describe the last call. */
interface CallsDead {
  readonly kind: 'call_dead';
  readonly since: number;
  readonly capture: string;
  readonly to: string;
  readonly tries: number;
  /** null when no answer arrived. */
  readonly status: number | null;
  readonly reason: string | null;
  readonly calls: number;
  /** From the first of them to the last. */
  readonly lasted: number;
  /** The most frequent ones first. */
  readonly answers: readonly AnswerCount[];
}

/** `capture` and `reason` describe the last call. */
interface CallsNotForwarded {
  readonly kind: 'not_forwarded';
  readonly since: number;
  readonly capture: string;
  readonly to: string;
  readonly reason: Extract<SkipReason, 'no_data' | 'unreadable'>;
  readonly calls: number;
}

/** A webhook in Netcore's panel. Its names come from calls. */
export interface Webhook {
  readonly panel: string;
  /** Its label; null for events without one. */
  readonly webhook: string | null;
}

export interface SilentWebhook extends Webhook {
  /** When its last call arrived. */
  readonly since: number;
}

/** Refused calls by their code, such as `no_credentials`. */
export type RefusalCounts = Readonly<Record<string, number>>;

export interface Silence {
  readonly kind: 'silence';
  readonly since: number;
  readonly lasted: number;
  /** No call arrives at all. Otherwise only these webhooks are silent. */
  readonly all: boolean;
  readonly webhooks: readonly SilentWebhook[];
  /** Calls that were refused meanwhile. */
  readonly refused: RefusalCounts;
}

export interface SilenceOver {
  readonly kind: 'silence_over';
  readonly lasted: number;
  /** Calls arrive again of these; empty when the whole listener was silent. */
  readonly webhooks: readonly Webhook[];
  /** Webhooks that are still silent. */
  readonly silent: readonly SilentWebhook[];
}

interface DiskLow {
  readonly kind: 'disk_low';
  readonly since: number;
  readonly folder: string;
  /** Bytes. */
  readonly free: number;
  readonly total: number;
}

/** `remote` is the address of the last call. */
interface WrongPassword {
  readonly kind: 'wrong_password';
  readonly since: number;
  readonly user: string;
  readonly remote: string;
  readonly calls: number;
}

/** `code`: why the call was rejected; null for a recorded call (`--respond`). */
interface CallsNotAnswered200 {
  readonly kind: 'not_200';
  readonly since: number;
  /** Of the last call, as is `code`. */
  readonly status: number;
  readonly code: string | null;
  readonly calls: number;
  /** By code, or by status where there is none. */
  readonly refused: RefusalCounts;
}

interface CallsRefused {
  readonly kind: 'calls_refused';
  readonly since: number;
  /** Of the last call. */
  readonly remote: string;
  readonly refused: RefusalCounts;
  readonly calls: number;
}

/** Handlers may give each call another answer. */
const maxAnswers = 20;
const maxRefusalCodes = 20;

/** The fact that reports two of a kind, `earlier` first. The last one describes states by itself. */
export function mergeFacts(earlier: AlertFact, later: AlertFact): AlertFact {
  switch (later.kind) {
    case 'call_dead': {
      if (earlier.kind !== 'call_dead') return later;
      const { since } = earlier;
      const lasted = Math.max(0, later.since + later.lasted - since);
      const calls = earlier.calls + later.calls;
      return { ...later, since, lasted, calls, answers: sumAnswers(earlier, later) };
    }
    case 'not_forwarded':
    case 'wrong_password': {
      if (earlier.kind !== later.kind) return later;
      return { ...later, since: earlier.since, calls: earlier.calls + later.calls };
    }
    case 'not_200':
    case 'calls_refused': {
      if (earlier.kind !== later.kind) return later;
      const { since, calls } = earlier;
      const refused = sumRefusals(earlier.refused, later.refused);
      return { ...later, since, refused, calls: calls + later.calls };
    }
    case 'silence_over': {
      if (earlier.kind !== 'silence_over') return later;
      const webhooks = [...earlier.webhooks, ...later.webhooks];
      return { ...later, webhooks: webhooks.filter((each) => isNew(each, webhooks)) };
    }
    default:
      return later;
  }
}

function isNew(webhook: Webhook, among: readonly Webhook[]): boolean {
  const first = among.find(
    (each) => each.panel === webhook.panel && each.webhook === webhook.webhook,
  );
  return first === webhook;
}

function sumAnswers(...facts: readonly CallsDead[]): AnswerCount[] {
  const sums = new Map<string, AnswerCount>();
  // The later one of two equally frequent ones stays, so that a new answer can become frequent.
  for (const { answers } of facts.toReversed()) {
    for (const answer of answers) {
      const key = JSON.stringify([answer.status, answer.reason]);
      sums.set(key, { ...answer, calls: answer.calls + (sums.get(key)?.calls ?? 0) });
    }
  }
  return [...sums.values()].sort((one, other) => other.calls - one.calls).slice(0, maxAnswers);
}

export function sumRefusals(...counts: readonly RefusalCounts[]): RefusalCounts {
  const sums = new Map<string, number>();
  for (const [code, calls] of counts.flatMap(Object.entries<number>)) {
    if (sums.has(code) || sums.size < maxRefusalCodes)
      sums.set(code, (sums.get(code) ?? 0) + calls);
  }
  return Object.fromEntries(sums);
}
