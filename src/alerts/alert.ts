import { plural } from '../amounts.js';
import { outcomeSentence } from '../call/outcome-sentence.js';
import { eachInvisible, escapeCharacter, invisibleRuns } from '../payload/invisible-characters.js';

/** A condition that the operator wants to be alerted to. */
export interface Alert {
  readonly kind: AlertKind;
  /** What happened, in one or two sentences on one line. Holds untrusted text. */
  readonly message: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** Alerts of this kind that were throttled since the last one. */
  readonly heldBack: number;
  /** The figures of the message. */
  readonly details: Readonly<Record<string, unknown>>;
}

export type AlertKind = AlertFact['kind'];

/** Times are milliseconds since 1970, spans are milliseconds. */
export type AlertFact =
  | {
      readonly kind: 'call_dead';
      readonly capture: string;
      readonly to: string;
      readonly tries: number;
      /** null when no answer arrived. */
      readonly status: number | null;
      readonly reason: string | null;
    }
  | {
      readonly kind: 'breaker_opened';
      readonly to: string;
      readonly status: number | null;
      readonly reason: string | null;
    }
  | { readonly kind: 'breaker_closed'; readonly to: string; readonly lasted: number }
  | {
      readonly kind: 'not_forwarded';
      readonly capture: string;
      readonly to: string;
      readonly reason: 'no_data' | 'unreadable';
    }
  /** `age`: of the oldest unfinished call. */
  | { readonly kind: 'queue_old'; readonly age: number }
  | { readonly kind: 'silence'; readonly lasted: number }
  | { readonly kind: 'silence_over'; readonly lasted: number }
  | {
      readonly kind: 'soak_failed';
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
  /** `code`: why the call was rejected. */
  | { readonly kind: 'not_200'; readonly status: number; readonly code: string | null };

/** Describes a fact. `time`: milliseconds since 1970. */
export function describeAlert(fact: AlertFact, time: number, heldBack: number): Alert {
  const { kind, ...details } = fact;
  const more = heldBack > 0 ? ` Held back before it: ${heldBack} more like this.` : '';
  return {
    kind,
    message: onOneLine(`${sentence(fact)}${more}`),
    time: new Date(time).toISOString(),
    heldBack,
    details,
  };
}

/** The JSON of an alert on one line, with invisible characters escaped. */
export function alertJson(alert: Alert, more: Readonly<Record<string, unknown>> = {}): string {
  const json = JSON.stringify({ ...more, schema: 1, type: 'alert', ...alert });
  return json.replace(eachInvisible, escapeCharacter);
}

function sentence(fact: AlertFact): string {
  switch (fact.kind) {
    case 'call_dead': {
      const tries = fact.tries === 1 ? 'one try' : `${fact.tries} tries`;
      return `Call ${fact.capture} was given up after ${tries} at ${fact.to}: ${outcomeSentence(fact)}`;
    }
    case 'breaker_opened':
      return `${fact.to} is failing: ${outcomeSentence(fact)} No call is lost: calls wait until it recovers.`;
    case 'breaker_closed':
      return `${fact.to} accepts calls again, after ${span(fact.lasted)}.`;
    case 'not_forwarded':
      return `Call ${fact.capture} was recorded and not forwarded to ${fact.to}: ${unforwardedTexts[fact.reason]}`;
    case 'queue_old':
      return `The oldest call in the queue has waited for ${span(fact.age)}.`;
    case 'silence':
      return `No call has arrived for ${span(fact.lasted)}. Netcore may have disabled the webhook.`;
    case 'silence_over':
      return `Calls arrive again, after ${span(fact.lasted)} of silence.`;
    case 'soak_failed':
      return `${fact.to} has stopped answering 200: ${outcomeSentence(fact)}`;
    case 'soak_recovered':
      return `${fact.to} answers 200 again, after ${span(fact.lasted)}.`;
    case 'captures_removed': {
      const captures = plural(fact.captures, 'capture');
      return `${fact.limit} removed ${captures} earlier than ${fact.before} would. The newest was ${span(fact.age)} old.`;
    }
    case 'not_200': {
      const why = fact.code === null ? '' : ` (${fact.code})`;
      return `A call was answered ${fact.status}${why}. Netcore disables webhooks that do not answer 200.`;
    }
  }
}

const unforwardedTexts = {
  no_data: 'it has no "data" field. Pass --forward-all to forward such calls.',
  unreadable: 'its events cannot be read, so the filter cannot match.',
} as const;

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** Formats a span of milliseconds in the largest unit that fits twice. */
function span(ms: number): string {
  const [name, size] = units.find(([, each]) => ms >= 2 * each) ?? ['second', 1000];
  const count = Math.max(1, Math.round(ms / size));
  return plural(count, name);
}

/**
 * An environment cannot hold zero bytes, a line feed would forge a second message, and direction
 * marks change how a text reads.
 */
function onOneLine(text: string): string {
  return text.replace(invisibleRuns, ' ');
}
