import { signal } from '@preact/signals';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { counted } from '../words.js';
import type { Differences } from './compare-fields.js';

/** The reference event of a comparison, with its title. */
interface ComparedEvent {
  readonly text: string;
  readonly title: string;
}

/** Stays while other calls are opened; null without a comparison. */
export const comparedEvent = signal<ComparedEvent | null>(null);

/** Makes the opened event the reference, or ends the comparison. */
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

/** The reference event, and the number of differences. */
export function ComparedWith({ differing, lacking }: Differences) {
  const count = differing.size + lacking.length;
  return (
    <p class="compared-with" role="status">
      <span>
        {count === 0 ? 'The same as ' : `${counted(count, 'field')} not as in `}
        <strong>
          <Untrusted text={comparedEvent.value?.title ?? ''} max={120} />
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
