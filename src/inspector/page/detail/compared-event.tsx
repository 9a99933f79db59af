import { signal } from '@preact/signals';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { counted } from '../words.js';
import type { Differences } from './compare-fields.js';

/** An event that others are compared with, and how it is called. */
interface ComparedEvent {
  readonly text: string;
  readonly title: string;
}

/** It stays while other calls are opened; null: nothing is compared. */
export const comparedEvent = signal<ComparedEvent | null>(null);

/** Takes the opened event as the one that others are compared with, or lets go of it. */
export function CompareButton({ text, title }: ComparedEvent) {
  const chosen = comparedEvent.value?.text === text;
  return (
    <button
      type="button"
      class="button small"
      aria-label="Compare others with this event"
      aria-pressed={chosen}
      title="Then open another event, of this call or of any other"
      onClick={() => {
        comparedEvent.value = chosen ? null : { text, title };
      }}
    >
      {chosen ? 'Open another…' : 'Compare'}
    </button>
  );
}

/** What the opened event is compared with, and how much differs. */
export function ComparedWith({ differing, lacking }: Differences) {
  const count = differing.size + lacking.length;
  return (
    <p class="compared-with" role="status">
      <span>
        {count === 0 ? 'The same as ' : `${counted(count, 'field')} not as in `}
        <strong>
          <Untrusted text={comparedEvent.value?.title ?? ''} most={120} />
        </strong>
      </span>
      <button
        type="button"
        class="button small quiet square"
        aria-label="Stop comparing"
        title="Stop comparing"
        onClick={() => {
          comparedEvent.value = null;
        }}
      >
        <Icon name="close" />
      </button>
    </p>
  );
}
