/** The tabs of a call, in order. */
export const tabNames = ['events', 'json', 'body', 'headers', 'attempts'] as const;
export type TabName = (typeof tabNames)[number];

export type DetailAction =
  | { readonly kind: 'tab'; readonly tab: TabName }
  | { readonly kind: 'event'; readonly steps: number };

/** The keys of an opened call, for the help. */
export const detailKeys: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['1', '2', '3', '4', '5'], does: 'Events, JSON, body, headers, attempts' },
  { keys: [']'], does: 'Next event of the call' },
  { keys: ['['], does: 'Previous event' },
];

/** The action of a key; undefined when it has none. */
export function detailActionOf(key: string): DetailAction | undefined {
  if (key === ']' || key === '[') return { kind: 'event', steps: key === ']' ? 1 : -1 };
  const tab = /^[1-9]$/.test(key) ? tabNames[Number(key) - 1] : undefined;
  return tab && { kind: 'tab', tab };
}
