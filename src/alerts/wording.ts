import { byteText, grouped, plural } from '../amounts.js';
import { outcomeSentence } from '../call/outcome-sentence.js';
import { shellWord } from '../output/shell-word.js';
import type {
  AlertFact,
  AnswerCount,
  RefusalCounts,
  Silence,
  SilenceOver,
  Webhook,
} from './fact.js';

/** What happened, in a few words. */
export function titleOf(fact: AlertFact): string {
  switch (fact.kind) {
    case 'call_dead':
      return `${plural(fact.calls, 'call was', 'calls were')} given up`;
    case 'breaker_opened':
      return 'The handler is failing';
    case 'breaker_closed':
      return 'The handler works again';
    case 'not_forwarded':
      return `${plural(fact.calls, 'call was', 'calls were')} not forwarded`;
    case 'queue_old':
      return 'The queue is late';
    case 'queue_caught_up':
      return 'The queue has caught up';
    case 'queue_failing':
      return 'The queue is failing';
    case 'queue_recovered':
      return 'The queue works again';
    case 'silence':
      return fact.all ? 'No calls arrive' : `No calls arrive from ${webhooksText(fact.webhooks)}`;
    case 'silence_over':
      return 'Calls arrive again';
    case 'store_failing':
      return 'Calls cannot be recorded';
    case 'store_recovered':
      return 'Calls are recorded again';
    case 'disk_low':
      return 'The disk is nearly full';
    case 'disk_recovered':
      return 'The disk has space again';
    case 'wrong_password':
      return `Wrong password for "${fact.user}"`;
    case 'not_200':
      return Object.keys(fact.refused).length > 1
        ? `${plural(fact.calls, 'call was', 'calls were')} not answered 200`
        : `${plural(fact.calls, 'call was', 'calls were')} answered ${fact.status}`;
    case 'calls_refused':
      return `${plural(fact.calls, 'call was', 'calls were')} refused`;
    case 'soak_failed':
      return 'The endpoint has stopped answering 200';
    case 'soak_recovered':
      return 'The endpoint answers 200 again';
    case 'captures_removed':
      return 'Captures were removed early';
    case 'test':
      return 'Test alert';
  }
}

/** What happened, in one or two sentences. */
export function sentence(fact: AlertFact): string {
  switch (fact.kind) {
    case 'call_dead': {
      const { calls, to, lasted, answers } = fact;
      if (calls > 1) {
        return `${grouped(calls)} calls in ${span(lasted)} were given up at ${to}: ${answersText(answers, calls)}.`;
      }
      const tries = fact.tries === 1 ? 'one try' : `${fact.tries} tries`;
      return `Call ${fact.capture} was given up after ${tries} at ${to}: ${outcomeSentence(fact)}`;
    }
    case 'breaker_opened':
      return `${fact.to} is failing: ${outcomeSentence(fact)} No call is lost: calls wait until it recovers.`;
    case 'breaker_closed':
      return `${fact.to} accepts calls again, after ${span(fact.lasted)}.`;
    case 'not_forwarded': {
      const { calls, capture, to } = fact;
      const which =
        calls === 1
          ? `Call ${capture} was`
          : `${grouped(calls)} calls, the last of them ${capture}, were`;
      return `${which} recorded and not forwarded to ${to}: ${unforwardedText(fact)}`;
    }
    case 'queue_old':
      return fact.paused === null
        ? `The oldest call in the queue has waited for ${span(fact.age)}.`
        : `The oldest call in the queue has waited for ${span(fact.age)}, because forwarding is paused.`;
    case 'queue_caught_up':
      return `No call waits too long any more, after ${span(fact.lasted)}.`;
    case 'queue_failing':
      return `The queue failed: ${withoutStop(fact.reason)}. Calls wait until it works again.`;
    case 'queue_recovered':
      return `The queue works again, after ${span(fact.lasted)}.`;
    case 'silence':
      return silenceSentence(fact);
    case 'silence_over':
      return silenceOverSentence(fact);
    case 'store_failing':
      return `Calls cannot be recorded, and are answered 503: ${withoutStop(fact.reason)}. Netcore disables webhooks that do not answer 200.`;
    case 'store_recovered':
      return `Calls are recorded again, after ${span(fact.lasted)}.`;
    case 'disk_low':
      return `The disk of ${fact.folder} has ${byteText(fact.free)} free of ${byteText(fact.total)}. Calls cannot be recorded once it is full.`;
    case 'disk_recovered':
      return `The disk has ${byteText(fact.free)} free again, after ${span(fact.lasted)}.`;
    case 'wrong_password': {
      const { calls, user, remote } = fact;
      const what =
        calls === 1
          ? `A call was refused because the password of "${user}" is wrong, from ${remote}.`
          : `${grouped(calls)} calls were refused because of a wrong password, the last of "${user}" from ${remote}.`;
      return `${what} Compare the password in Netcore's panel.`;
    }
    case 'not_200': {
      const { status, code, calls, refused } = fact;
      if (Object.keys(refused).length > 1) {
        return `${grouped(calls)} calls were not answered 200: ${refusedText(refused)}. Netcore disables webhooks that do not answer 200.`;
      }
      const which = calls === 1 ? 'A call was' : `${grouped(calls)} calls were`;
      const why = code === null ? '' : ` (${code})`;
      return `${which} answered ${status}${why}. Netcore disables webhooks that do not answer 200.`;
    }
    case 'calls_refused':
      return `${plural(fact.calls, 'call was', 'calls were')} refused: ${refusedText(fact.refused)}. The last came from ${fact.remote}.`;
    case 'soak_failed':
      return `${fact.to} has stopped answering 200: ${outcomeSentence(fact)}`;
    case 'soak_recovered':
      return `${fact.to} answers 200 again, after ${span(fact.lasted)}.`;
    case 'captures_removed': {
      const captures = plural(fact.captures, 'capture');
      return `${fact.limit} removed ${captures} earlier than ${fact.before} would. The newest was ${span(fact.age)} old.`;
    }
    case 'test':
      return 'This is a test of the alert channels. Nothing is wrong.';
  }
}

/** What is being lost now. */
export function loss({ kind }: AlertFact): string {
  switch (kind) {
    case 'store_failing':
    case 'not_200':
    case 'wrong_password':
      return 'The refused calls, unless Netcore repeats them.';
    case 'silence':
      return 'Every event that Netcore does not send.';
    case 'disk_low':
      return 'Nothing yet: calls are recorded until the disk is full.';
    case 'call_dead':
      return 'The handler lacks these calls. The store keeps them until you retry them.';
    case 'not_forwarded':
      return 'The handler lacks these calls. The store keeps them.';
    case 'breaker_opened':
    case 'queue_old':
    case 'queue_failing':
      return 'Nothing: calls are recorded, and wait for the handler.';
    case 'captures_removed':
      return 'The history of the removed captures.';
    case 'soak_failed':
      return 'Calls to the endpoint, while it does not answer 200.';
    default:
      return 'Nothing.';
  }
}

/** One command that helps. `listener` is the listener's URL. */
export function commandFor(fact: AlertFact, listener: string | undefined): string | undefined {
  switch (fact.kind) {
    case 'call_dead':
      return 'netcore-hook queue list --dead';
    case 'breaker_opened':
    case 'soak_failed':
      return `netcore-hook test-endpoint ${shellWord(fact.to)}`;
    case 'not_forwarded':
      return `netcore-hook history show ${fact.capture}`;
    case 'queue_old':
      return fact.paused === null
        ? 'netcore-hook queue'
        : `netcore-hook queue resume --target ${shellWord(fact.to)}`;
    case 'silence':
      return 'netcore-hook history stats --by webhook';
    case 'wrong_password': {
      const to = listener === undefined ? '' : ` --to ${shellWord(listener)}`;
      return `netcore-hook send -c email${to} --auth ${shellWord(fact.user)}`;
    }
    case 'disk_low':
      return 'netcore-hook history prune --keep-for 7d';
    case 'store_failing':
    case 'queue_failing':
    case 'captures_removed':
    case 'not_200':
    case 'calls_refused':
    case 'test':
      return 'netcore-hook status';
    default:
      return undefined;
  }
}

function unforwardedText({ reason }: Extract<AlertFact, { kind: 'not_forwarded' }>): string {
  return reason === 'no_data'
    ? 'it has no "data" field. Pass --forward-all to forward such calls.'
    : 'its events cannot be read, so the filter cannot match.';
}

const maxNamedAnswers = 5;

function answersText(answers: readonly AnswerCount[], calls: number): string {
  const [first] = answers;
  if (first && first.calls === calls) return `all ${answerText(first)}`;
  const named = answers.slice(0, maxNamedAnswers);
  const known = named.reduce((sum, answer) => sum + answer.calls, 0);
  const parts = named.map((answer) => `${grouped(answer.calls)} × ${answerText(answer)}`);
  if (known < calls) parts.push(`${grouped(calls - known)} others`);
  return parts.join(', ');
}

function answerText({ status, reason }: AnswerCount): string {
  if (status === null) return `no answer (${withoutStop(reason ?? 'unknown')})`;
  return reason === null ? String(status) : `${status} "${reason}"`;
}

function silenceSentence({ all, lasted, webhooks, refused }: Silence): string {
  const meanwhile =
    Object.keys(refused).length === 0 ? '' : ` Refused meanwhile: ${refusedText(refused)}.`;
  if (all) {
    return `No call has arrived for ${span(lasted)}. Netcore may have disabled the webhook.${meanwhile}`;
  }
  const them = webhooks.length === 1 ? 'it' : 'them';
  return `No call has arrived for ${span(lasted)} from ${webhooksText(webhooks)}, while others call. Netcore may have disabled ${them}.${meanwhile}`;
}

function silenceOverSentence({ lasted, webhooks, silent }: SilenceOver): string {
  const from = webhooks.length === 0 ? '' : ` from ${webhooksText(webhooks)}`;
  const still = silent.length === 0 ? '' : ` Still silent: ${webhooksText(silent)}.`;
  return `Calls arrive again${from}, after ${span(lasted)} of silence.${still}`;
}

const maxNamedWebhooks = 5;

/** `webhook "Order updates" of panel "shop" and 3 others` */
export function webhooksText(webhooks: readonly Webhook[]): string {
  const named = webhooks
    .slice(0, maxNamedWebhooks)
    .map(({ panel, webhook }) =>
      webhook === null
        ? `panel "${panel}" (events without a label)`
        : `webhook "${webhook}" of panel "${panel}"`,
    );
  const others = webhooks.length - named.length;
  return others > 0 ? `${named.join(', ')} and ${plural(others, 'other')}` : named.join(', ');
}

function refusedText(refused: RefusalCounts): string {
  return Object.entries(refused)
    .map(([code, calls]) => `${grouped(calls)} × ${code}`)
    .join(', ');
}

function withoutStop(text: string): string {
  return text.replace(/\.+$/, '');
}

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
