import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Dialog } from '../dialog.js';

/** A text that the browser refused to copy; null without one. */
export const refusedCopy = signal<string | null>(null);

/** Shows such a text selected, for manual copying. */
export function RefusedCopy() {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = refusedCopy.value;
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [text]);
  if (text === null) return null;
  const close = () => {
    refusedCopy.value = null;
  };
  return (
    <Dialog title="Copy it manually" onClose={close}>
      <p class="soft">The browser blocked copying. The text is selected: copy it manually.</p>
      <textarea
        ref={field}
        class="field mono whole"
        rows={10}
        readOnly
        aria-label="Text to copy"
        value={text}
      />
    </Dialog>
  );
}
