import { formEncoded } from '../payload/form-codec.js';
import { indentJson } from '../payload/json-text.js';
import type { Check } from './check.js';
import type { BodyExpectation } from './findings/payload.js';
import type { Finding } from './findings.js';
import { judgeAnswer } from './judge-answer.js';
import { judgeContent } from './judge-content.js';
import type { SentCall } from './sent-call.js';
import type { TestEvents } from './test-events.js';

/** A call with events that an endpoint must answer 200. */
export interface EventCall {
  /** Its speciality, like `an unknown panel`. */
  readonly name: string;
  readonly body: (events: TestEvents) => string | NotedBody;
}

/** A body, and what the endpoint should have stored after it, as a sentence. */
interface NotedBody {
  readonly text: string;
  readonly note: string;
}

export interface EventCheckPlan extends Pick<Check, 'id' | 'title'> {
  /** The required capability of a receiver, for the fix. */
  readonly expects: BodyExpectation;
  readonly sends: string;
  readonly calls: readonly EventCall[];
}

/**
 * A check of the full suite whose calls must all be answered 200. Equal answers are one finding.
 */
export function eventCheck({ expects, calls, ...plan }: EventCheckPlan): Check {
  return {
    ...plan,
    group: 'payload',
    suite: 'full',
    harmless: false,
    eventCalls: calls.length,
    needs: 'sample',
    run: async (probe) => {
      const outcomes: Outcome[] = [];
      for (const { name, body } of calls) {
        const built = body(probe.events);
        const { text, note } = typeof built === 'string' ? { text: built, note: undefined } : built;
        const bytes = new TextEncoder().encode(text);
        const attempt = await probe.call(callWith([name]), { body: bytes });
        if (probe.death()) break;
        outcomes.push({ name, attempt });
        if (note !== undefined && isAnswered200(attempt)) probe.note(note);
      }
      return byAnswer(outcomes).flatMap(({ what, calls }): readonly Finding[] => {
        const [first] = calls;
        const found =
          judgeAnswer(what, first, probe.endpoint.timeout, expects, calls) ??
          judgeContent(what, first, calls);
        return found && !probe.general.has(found.code) ? [found] : [];
      });
    },
  };
}

function isAnswered200(attempt: SentCall): boolean {
  return attempt.kind === 'answered' && attempt.status === 200;
}

interface Outcome {
  readonly name: string;
  readonly attempt: SentCall;
}

interface AnswerGroup {
  /** The part of the calls' names that they share, for the beginning of a sentence. */
  readonly what: string;
  readonly calls: readonly [SentCall, ...SentCall[]];
}

/** Groups equal outcomes. */
export function byAnswer(outcomes: readonly Outcome[]): readonly AnswerGroup[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { attempt } = outcome;
    const fault = judgeContent(attempt.what, attempt)?.code ?? '';
    const key = attempt.kind === 'answered' ? `${attempt.status} ${fault}` : attempt.code;
    const group = groups.get(key);
    if (group) group.push(outcome);
    else groups.set(key, [outcome]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.map(({ attempt }) => attempt);
    const what = callWith(group.map(({ name }) => name));
    return first ? [{ what, calls: [first, ...others] as const }] : [];
  });
}

const maxNames = 3;

function callWith(names: readonly string[]): string {
  if (names.length === 1) return `A call with ${names[0]}`;
  const more = names.length - maxNames;
  const shown = names.slice(0, maxNames).join(', ');
  return `Each of ${names.length} calls (with ${shown}${more > 0 ? ` and ${more} more` : ''})`;
}

/** A form body with the value as JSON, as Netcore writes it. */
export function formBody(payload: unknown): string {
  return `data=${formEncoded(JSON.stringify(payload))}`;
}

/** The same, indented. */
export function indentedBody(payload: unknown): string {
  return `data=${formEncoded(indentJson(JSON.stringify(payload)))}`;
}
