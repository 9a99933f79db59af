import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import { feed } from './page-state.js';
import { counted } from './words.js';

const told = signal('');
const betweenTellings = 5000;

/**
 * The number of held calls with a button to show them; announced to screen readers at intervals.
 */
export function NewCalls({ onShow }: { readonly onShow: () => void }) {
  const { count } = feed.held.value;
  useTelling();
  return (
    <>
      {count > 0 && (
        <button type="button" class="new-calls" onClick={onShow}>
          <Icon name="up" />
          {counted(count, 'new call')}
        </button>
      )}
      <div class="unseen" role="status">
        {told}
      </div>
    </>
  );
}

/** Announces new calls, at most every few seconds. */
function useTelling(): void {
  const before = useRef(0);
  useEffect(() => {
    const timer = setInterval(() => {
      const came = feed.came.value - before.current;
      before.current = feed.came.value;
      told.value = came > 0 ? `${counted(came, 'new call')}.` : '';
    }, betweenTellings);
    return () => clearInterval(timer);
  }, []);
}
