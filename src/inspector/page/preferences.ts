import { effect, type Signal, signal } from '@preact/signals';
import { type TabName, tabNames } from './detail/detail-keys.js';

/** The reader's preferences, stored by the browser if it permits. */
export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const theme = remembered<Theme>('theme', 'system', (text) =>
  themes.find((name) => name === text),
);

/** Whether times are shown as ages. */
export const relativeTimes = remembered<boolean>('relative-times', false, (text) =>
  text === 'true' ? true : undefined,
);

/** The share of the opened call in a wide window, in per cent. */
export const detailShare = remembered<number>('detail-share', 46, (text) => {
  const share = Number(text);
  return share >= 25 && share <= 75 ? share : undefined;
});

/** The last used tab of an opened call. */
export const detailTab = remembered<TabName>('tab', 'events', (text) =>
  tabNames.find((name) => name === text),
);

/** Applies the chosen theme, now and after changes. */
export function applyTheme(root: HTMLElement): void {
  effect(() => {
    if (theme.value === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme.value;
  });
}

function remembered<T extends string | boolean | number>(
  name: string,
  defaultValue: T,
  read: (text: string) => T | undefined,
): Signal<T> {
  const key = `netcore-hook.${name}`;
  const value = signal(defaultValue);
  try {
    value.value = read(localStorage.getItem(key) ?? '') ?? defaultValue;
  } catch {
    // Some browsers refuse storage.
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
