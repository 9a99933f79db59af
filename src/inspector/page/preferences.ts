import { effect, type Signal, signal } from '@preact/signals';
import { type TabName, tabNames } from './detail/detail-keys.js';

/** What the reader chose about the page, remembered by the browser where it may. */
export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const theme = remembered<Theme>('theme', 'system', (text) =>
  themes.find((name) => name === text),
);

/** Whether times are shown as how long ago they were. */
export const relativeTimes = remembered<boolean>('relative-times', false, (text) =>
  text === 'true' ? true : undefined,
);

/** How much of a wide window the opened call takes, in percent. */
export const detailShare = remembered<number>('detail-share', 46, (text) => {
  const share = Number(text);
  return share >= 25 && share <= 75 ? share : undefined;
});

/** The view of an opened call that was looked at last. */
export const detailTab = remembered<TabName>('tab', 'events', (text) =>
  tabNames.find((name) => name === text),
);

/** Shows the page in the chosen theme, now and when it is changed. */
export function applyTheme(root: HTMLElement): void {
  effect(() => {
    if (theme.value === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme.value;
  });
}

function remembered<T extends string | boolean | number>(
  name: string,
  usual: T,
  read: (text: string) => T | undefined,
): Signal<T> {
  const key = `netcore-hook.${name}`;
  const value = signal(usual);
  try {
    value.value = read(localStorage.getItem(key) ?? '') ?? usual;
  } catch {
    // A browser that keeps nothing forgets it, and that is all.
  }
  let first = true;
  effect(() => {
    const text = String(value.value);
    if (!first) {
      try {
        localStorage.setItem(key, text);
      } catch {
        // As above.
      }
    }
    first = false;
  });
  return value;
}
