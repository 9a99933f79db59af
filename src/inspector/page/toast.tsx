import { signal } from '@preact/signals';

const shown = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says in passing what was done, to screen readers too. */
export function say(text: string): void {
  clearTimeout(timer);
  shown.value = text;
  timer = setTimeout(() => {
    shown.value = '';
  }, 3500);
}

/** Where `say` is read. It is there before there is something to say, or nobody would hear it. */
export function Toast() {
  return (
    <div class="toast" role="status">
      {shown.value && <span>{shown}</span>}
    </div>
  );
}
