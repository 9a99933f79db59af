import { signal } from '@preact/signals';

const shown = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows a short confirmation, also to screen readers. */
export function say(text: string): void {
  clearTimeout(timer);
  shown.value = text;
  timer = setTimeout(() => {
    shown.value = '';
  }, 3500);
}

/** Must be mounted before a message, or screen readers miss it. */
export function Toast() {
  return (
    <div class="toast" role="status">
      {shown.value && <span>{shown}</span>}
    </div>
  );
}
