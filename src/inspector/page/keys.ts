/** The action of a key; the page has a function for each. */
export type KeyAction =
  | 'next'
  | 'previous'
  | 'next-call'
  | 'previous-call'
  | 'open'
  | 'close'
  | 'top'
  | 'bottom'
  | 'page-down'
  | 'page-up'
  | 'search'
  | 'follow'
  | 'filter-who'
  | 'filter-msgid'
  | 'clear-filters'
  | 'replay'
  | 'copy'
  | 'send'
  | 'decode'
  | 'times'
  | 'theme'
  | 'help';

interface PageKey {
  readonly action: KeyAction;
  /** In the form of `KeyboardEvent.key`; help shows the first ones. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Whether it only works in the list, since other elements need the key. */
  readonly inList?: true;
}

export interface KeyGroup {
  readonly title: string;
  readonly keys: readonly PageKey[];
}

/** Every key of the page, for help and for dispatch. */
export const keyGroups: readonly KeyGroup[] = [
  {
    title: 'Move',
    keys: [
      { action: 'next', keys: ['j', 'ArrowDown'], does: 'Next row' },
      { action: 'previous', keys: ['k', 'ArrowUp'], does: 'Previous row' },
      { action: 'next-call', keys: ['J'], does: 'Next call' },
      { action: 'previous-call', keys: ['K'], does: 'Previous call' },
      { action: 'page-down', keys: ['PageDown', ' '], does: 'A page down', inList: true },
      { action: 'page-up', keys: ['PageUp'], does: 'A page up', inList: true },
      { action: 'top', keys: ['g', 'Home'], does: 'To the newest' },
      { action: 'bottom', keys: ['G', 'End'], does: 'To the oldest loaded call' },
      { action: 'open', keys: ['Enter'], does: 'Open the call', inList: true },
      { action: 'close', keys: ['Escape'], does: 'Close the call' },
    ],
  },
  {
    title: 'Find',
    keys: [
      { action: 'search', keys: ['/'], does: 'Search' },
      { action: 'filter-who', keys: ['w'], does: 'Only this contact' },
      { action: 'filter-msgid', keys: ['m'], does: 'Only this message' },
      { action: 'clear-filters', keys: ['x'], does: 'Clear all filters' },
    ],
  },
  {
    title: 'Act',
    keys: [
      { action: 'replay', keys: ['r'], does: 'Replay the call' },
      { action: 'copy', keys: ['c'], does: 'Copy the call as curl' },
      { action: 'send', keys: ['s'], does: 'Send a sample' },
      { action: 'decode', keys: ['d'], does: 'Decode a paste' },
    ],
  },
  {
    title: 'Look',
    keys: [
      { action: 'follow', keys: ['f'], does: 'Follow or pause' },
      { action: 'times', keys: ['a'], does: 'Times of day, or ages' },
      { action: 'theme', keys: ['t'], does: 'Light, dark, or system' },
      { action: 'help', keys: ['?'], does: 'These keys' },
    ],
  },
];

/** A key press and its context. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Whether the focus takes text or letters. */
  readonly typing: boolean;
  /** Whether the list has focus, or nothing has. */
  readonly inList: boolean;
}

/** The action of a press; undefined when it has none. */
export function actionOf(press: Press): KeyAction | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.typing) return undefined;
  const found = keyGroups.flatMap(({ keys }) => keys).find(({ keys }) => keys.includes(press.key));
  if (!found) return undefined;
  // A focused element may need named keys itself.
  const named = press.key.length > 1 && press.key !== 'Escape';
  return (found.inList || named) && !press.inList ? undefined : found.action;
}

const names: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ' ': 'Space',
  Enter: 'Enter',
  Escape: 'Esc',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
};

export function keyName(key: string): string {
  return names[key] ?? key;
}
