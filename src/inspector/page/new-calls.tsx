import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import { feed } from './page-state.js';
import { counted } from './words.js';

const announcement = signal('');
const announceEveryMs = 5000;

/**
 * The number of held calls with a button to show them; announced to screen readers at intervals.
 */
export function NewCalls({ onShow }: { readonly onShow: () => void }) {
  const { count } = feed.held.value;
  useAnnouncement();
  return (
    <>
      {count > 0 && (
        <button type="button" class="new-calls" onClick={onShow}>
          <Icon name="up" />
          {counted(count, 'new call')}
        </button>
      )}
      <div class="unseen" role="status">
        {announcement}
      </div>
    </>
  );
}

/** Announces new calls, at most every few seconds. */
function useAnnouncement(): void {
  const before = useRef(0);
  useEffect(() => {
    const timer = setInterval(() => {
      const arrived = feed.arrived.value - before.current;
      before.current = feed.arrived.value;
      announcement.value = arrived > 0 ? `${counted(arrived, 'new call')}.` : '';
    }, announceEveryMs);
    return () => clearInterval(timer);
  }, []);
}
