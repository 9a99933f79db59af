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
  /** The total height of all rows, in pixels. */
  readonly height: number;
  /** The scroll offset at the last render, in pixels. */
  readonly offset: number;
  /** The index of the last visible row. */
  readonly lastSeen: number;
  /** Scrolls just enough to show a row. */
  reveal(index: number): void;
}

/** Virtualizes rows of equal height. Row `keep` stays rendered when it is out of view. */
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
  /** The height that covers the top of the scroller. */
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
