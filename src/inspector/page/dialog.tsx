import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import { Toast } from './toast.js';

/**
 * A modal dialog: the browser keeps the focus inside, gives it back at the end, and closes it with
 * Escape. What is `foot` stays in view below what scrolls.
 */
export function Dialog({
  title,
  wide = false,
  reading = false,
  onClose,
  foot,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  /** Whether it only holds something to read, which the keys must scroll. */
  readonly reading?: boolean;
  readonly onClose: () => void;
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A layout effect is undone while the dialog is still there, or it could give no focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    focusFirst(dialog);
    return () => dialog?.close();
  }, []);
  const closeOnBackdrop = (event: MouseEvent) => {
    if (event.target === element.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, by the browser's own means.
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onClick={closeOnBackdrop}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" class="button quiet square" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div
        class="dialog-body"
        tabIndex={reading ? 0 : -1}
        {...(reading && { role: 'group', 'aria-label': title })}
      >
        {children}
      </div>
      {foot && <footer class="dialog-foot">{foot}</footer>}
      {/* The one of the page is out of reach as long as a dialog is open. */}
      <Toast />
    </dialog>
  );
}

/** What a dialog asks for has the focus, or its text where it asks for nothing; not its way out. */
function focusFirst(dialog: HTMLDialogElement | null): void {
  const body = dialog?.querySelector<HTMLElement>('.dialog-body');
  const field = body?.querySelector<HTMLElement>('input, textarea, select, button');
  (field ?? body)?.focus();
}
