import { plural } from '../amounts.js';
import type { JournalFact } from '../call/journal-fact.js';
import type { JournalNotice } from './notice.js';
import { visible } from './safe.js';

export function journalNotice(entry: {
  readonly time: number;
  readonly user: string;
  readonly fact: JournalFact;
}): JournalNotice {
  const { kind, ...detail } = entry.fact;
  const time = new Date(entry.time).toISOString();
  return { type: 'journal', time, user: entry.user, kind, detail };
}

/** An entry of the journal as a line. `time`: as it is shown. */
export function journalLine({ user, kind, detail }: JournalNotice, time: string): string {
  const fact = { kind, ...detail } as JournalFact;
  const by = user === '' ? '' : `  by ${user}`;
  return `${time}  ${visible(`${textOf(fact)}${by}`)}\n`;
}

function textOf(fact: JournalFact): string {
  switch (fact.kind) {
    case 'listener_started':
      return `listener started on ${fact.url}${fact.to === null ? '' : `, forwards to ${fact.to}`}`;
    case 'listener_stopped':
      return `listener stopped on ${fact.url}`;
    case 'listener_reloaded':
      return `listener on ${fact.url} read its logins and certificates again`;
    case 'worker_started':
      return `worker started, forwards to ${fact.to}`;
    case 'worker_stopped':
      return `worker stopped, forwarded to ${fact.to}`;
    case 'breaker_opened':
      return `handler failing: ${fact.to} ${fact.status === null ? 'does not answer' : `answers ${fact.status}`}`;
    case 'breaker_closed':
      return `handler works again: ${fact.to}`;
    case 'alerted':
      return `alert sent: ${fact.alert} (${fact.state})`;
    case 'paused':
      return `forwarding paused: ${fact.to}`;
    case 'resumed':
      return `forwarding resumed: ${fact.to}`;
    case 'retried':
      return `${plural(fact.calls, 'call')} retried${fact.to === null ? '' : `, moved to ${fact.to}`}`;
    case 'dropped':
      return `${plural(fact.calls, 'call')} dropped from the queue`;
    case 'moved':
      return `${plural(fact.calls, 'waiting call')} moved to ${fact.to ?? 'the store'}`;
    case 'removed_early':
      return `${fact.limit} removed ${plural(fact.captures, 'capture')} before their time`;
    case 'pruned':
      return `${plural(fact.captures, 'capture')} pruned`;
    case 'erased':
      return `${plural(fact.events, 'event')} of contacts erased`;
    case 'exported':
      return `${plural(fact.captures, 'capture')} exported, ${fact.redacted ? 'redacted' : 'with personal data'}`;
    case 'imported':
      return `${plural(fact.captures, 'capture')} imported`;
    case 'backed_up':
      return `backup of ${plural(fact.captures, 'capture')}`;
    default:
      // Of a newer version.
      return (fact as { readonly kind: string }).kind;
  }
}
