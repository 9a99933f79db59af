import { signal } from '@preact/signals';

/** The time in milliseconds since 1970, updated every second. */
export const now = signal(Date.now());

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
