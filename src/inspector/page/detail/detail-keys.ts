/** The tabs of a call, in their order. */
export const tabNames = ['events', 'json', 'body', 'headers', 'attempts'] as const;
export type TabName = (typeof tabNames)[number];

/** What a key asks of the opened call. */
export type DetailAction =
  | { readonly kind: 'tab'; readonly tab: TabName }
  | { readonly kind: 'event'; readonly steps: number };

/** The keys of an opened call, as the help lists them. */
export const detailKeys: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['1', '2', '3', '4', '5'], does: 'Events, JSON, body, headers, attempts' },
  { keys: [']'], does: 'Next event of the call' },
  { keys: ['['], does: 'Event before' },
];

/** What a key does; undefined: it is none of ours. */
export function detailActionOf(key: string): DetailAction | undefined {
  if (key === ']' || key === '[') return { kind: 'event', steps: key === ']' ? 1 : -1 };
  const tab = /^[1-9]$/.test(key) ? tabNames[Number(key) - 1] : undefined;
  return tab && { kind: 'tab', tab };
}
