import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface VirtualRows {
  readonly items: readonly VirtualItem[];
  /** The height of all rows together, in pixels. */
  readonly height: number;
  /** How far it is scrolled, in pixels, as of the last time that was drawn. */
  readonly offset: number;
  /** The index of the last row that is seen. */
  readonly lastSeen: number;
  /** Scrolls as little as makes a row seen. */
  reveal(index: number): void;
}

/** The rows that are seen, of very many of one height. `keep` is one that stays although it is not. */
export function useVirtualizer({
  count,
  rowHeight,
  scroller,
  headHeight,
  keep,
}: {
  readonly count: number;
  readonly rowHeight: number;
  readonly scroller: () => HTMLElement | null;
  /** What covers the upper end of the scroller. */
  readonly headHeight: number;
  readonly keep: number;
}): VirtualRows {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const options = {
    count,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    scrollPaddingStart: headHeight,
    overscan: 8,
    initialRect: { width: innerWidth, height: innerHeight },
    onChange: () => redraw(undefined),
    rangeExtractor: (range: { startIndex: number; endIndex: number; overscan: number }) => {
      const first = Math.max(range.startIndex - range.overscan, 0);
      const last = Math.min(range.endIndex + range.overscan, count - 1);
      const indexes = Array.from({ length: Math.max(last - first + 1, 0) }, (_, at) => first + at);
      if (keep >= 0 && keep < count && (keep < first || keep > last)) {
        if (keep < first) indexes.unshift(keep);
        else indexes.push(keep);
      }
      return indexes;
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  return {
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    offset: virtualizer.scrollOffset ?? 0,
    lastSeen: virtualizer.range?.endIndex ?? 0,
    reveal: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  };
}
