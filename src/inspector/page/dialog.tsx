import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import { Toast } from './toast.js';

/**
 * A modal dialog: the browser traps and restores focus, and closes it with Escape. `foot` stays
 * visible below the scrolling content.
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
  /** Whether it only holds text, which the keys must scroll. */
  readonly reading?: boolean;
  readonly onClose: () => void;
  readonly foot?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A layout effect's cleanup runs while the dialog still exists, so that focus can be restored.
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
    // biome-ignore lint/a11y/useKeyWithClickEvents: The browser closes it with Escape.
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
      {/* The page's own toast is inert while a dialog is open. */}
      <Toast />
    </dialog>
  );
}

/** Focuses the first field, or the text without one, instead of the close button. */
function focusFirst(dialog: HTMLDialogElement | null): void {
  const body = dialog?.querySelector<HTMLElement>('.dialog-body');
  const field = body?.querySelector<HTMLElement>('input, textarea, select, button');
  (field ?? body)?.focus();
}
