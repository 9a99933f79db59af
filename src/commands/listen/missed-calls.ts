import { plural } from '../../amounts.js';
import type { ContentReading } from '../../call/content.js';
import { countEvents } from '../../output/capture-lines.js';
import type { EventSummary } from '../../payload/payload.js';
import type { RefusalCode } from '../../receiver/admission.js';
import { refusalTexts } from './refusal-texts.js';

/** Bounds memory when a sender invents names. */
const maxKinds = 20;
const maxListedKinds = 5;

/** Counts other calls that arrived while a pipeline waited. Holds no personal data. */
export class MissedCalls {
  readonly #events = new Map<string, number>();
  readonly #unread = new Map<string, number>();
  readonly #refused = new Map<string, number>();

  add(reading: ContentReading): void {
    if (reading.kind === 'problem') count(this.#unread, reading.message);
    else if (reading.events.length === 0) count(this.#unread, 'The payload contains no event.');
    else for (const event of reading.events) count(this.#events, nameOf(event));
  }

  refused(code: RefusalCode): void {
    count(this.#refused, refusalTexts[code]);
  }

  /** A text; empty when nothing arrived. */
  words(): string {
    const events = [...this.#events].sort(([, one], [, other]) => other - one);
    const more = events.length - maxListedKinds;
    const parts = events
      .slice(0, maxListedKinds)
      .map(([name, times]) => (times > 1 ? `${name} ×${times}` : name));
    if (more > 0) parts.push(plural(more, 'other kind'));
    for (const [message, calls] of [...this.#unread].slice(0, maxListedKinds)) {
      parts.push(`${plural(calls, 'call')} without an event (${message.replace(/\.$/, '')})`);
    }
    for (const [why, calls] of [...this.#refused].slice(0, maxListedKinds)) {
      parts.push(`${plural(calls, 'call')} refused (${why})`);
    }
    return parts.join(', ');
  }
}

function nameOf(event: EventSummary): string {
  return countEvents([event]).slice(0, 60);
}

function count(counts: Map<string, number>, name: string): void {
  const before = counts.get(name) ?? 0;
  if (before > 0 || counts.size < maxKinds) counts.set(name, before + 1);
}
