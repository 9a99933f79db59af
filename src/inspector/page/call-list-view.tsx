import { useComputed, useSignalEffect } from '@preact/signals';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { RowCells } from './call-row.js';
import { EmptyList } from './empty-list.js';
import { listControls } from './list-controls.js';
import { ListEnd } from './list-end.js';
import { NewCalls } from './new-calls.js';
import {
  activeRow,
  atTop,
  feed,
  following,
  openCall,
  openedCall,
  toggleFollowing,
} from './page-state.js';
import { relativeTimes } from './preferences.js';
import { type Row, type Rows, rowsOf } from './rows.js';
import { useVirtualizer } from './use-virtualizer.js';

const heads = [
  'Time',
  'Call / channel',
  'Activity',
  'Panel / contact',
  'Campaign',
  'Message id',
  'Size',
  'Answer',
  'Forwarding',
] as const;

const headHeight = 28;
const wideRow = 30;
const narrowRow = 48;
/** Below this width a row has two lines; the style sheet has the same value. */
const narrow = 620;

/**
 * The calls and their events, newest first. Focus stays on the tree grid, which names its active
 * row, so that focus survives when the row is scrolled out of the document.
 */
export function CallListView() {
  const scroller = useRef<HTMLDivElement>(null);
  const rowId = useId();
  const list = feed.list.value;
  const rows = useMemo(() => rowsOf(list.calls), [list.calls]);
  const rowHeight = useRowHeight(scroller);
  const active = activeRow.value;
  const activeIndex = useMemo(() => (active === null ? -1 : rows.indexOf(active)), [rows, active]);
  const { items, height, offset, lastSeen, reveal } = useVirtualizer({
    count: rows.count,
    rowHeight,
    scroller: () => scroller.current,
    headHeight,
    keep: activeIndex,
  });
  const empty = useComputed(() => feed.list.value.calls.length === 0);
  useOlderCalls(rows.count - lastSeen, offset);
  useTop(scroller, offset < rowHeight);
  useListControls(scroller, rows, reveal, rowHeight);

  return (
    <section class="list-frame" aria-label="Calls">
      <div
        ref={scroller}
        id="calls"
        class={feed.stale.value ? 'list stale' : 'list'}
        role="treegrid"
        tabIndex={0}
        aria-label="Calls and their events, newest first"
        aria-rowcount={rows.count + 1}
        aria-colcount={heads.length}
        aria-busy={feed.stale.value}
        aria-readonly="true"
        {...(activeIndex >= 0 && { 'aria-activedescendant': `${rowId}${activeIndex}` })}
        onFocus={() => {
          const first = rows.at(0);
          if (activeIndex < 0 && first && scroller.current?.matches(':focus-visible')) {
            activeRow.value = first.key;
          }
        }}
      >
        <div role="rowgroup" class="list-head">
          <div role="row" class="row" aria-rowindex={1}>
            {heads.map((head, index) => (
              <div key={head} role="columnheader" class="cell" aria-colindex={index + 1}>
                {index === 0 ? <TimeHead /> : head}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="list-rows" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const row = rows.at(index);
            if (!row) return null;
            const opened = openedCall.value === row.call.id;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: The page's keys open the active row.
              <div
                key={row.key}
                id={`${rowId}${index}`}
                role="row"
                class={rowClass(row, index === activeIndex, opened)}
                aria-rowindex={index + 2}
                aria-level={row.kind === 'call' ? 1 : 2}
                aria-selected={index === activeIndex}
                style={{ transform: `translateY(${start}px)`, height: `${rowHeight}px` }}
                onClick={() => {
                  if (String(getSelection()) !== '') return;
                  activeRow.value = row.key;
                  openCall(row.call.id, row.kind === 'event' ? row.event.number : null);
                }}
              >
                <RowCells row={row} />
              </div>
            );
          })}
        </div>
        {!empty.value && <ListEnd />}
      </div>
      {empty.value && <EmptyList />}
      <NewCalls
        onShow={() => {
          feed.release();
          if (!following.value) toggleFollowing();
          scroller.current?.focus({ preventScroll: true });
        }}
      />
    </section>
  );
}

function TimeHead() {
  return (
    <button
      type="button"
      class="head-button"
      tabIndex={-1}
      title="Times of day, or ages (a)"
      onClick={() => {
        relativeTimes.value = !relativeTimes.value;
      }}
    >
      {relativeTimes.value ? 'Age' : 'Time'}
    </button>
  );
}

function rowClass(row: Row, active: boolean, opened: boolean): string {
  return `row ${row.kind}${active ? ' active' : ''}${opened ? ' opened' : ''}`;
}

/** Equal row heights make positions exact; the height depends on the list's width. */
function useRowHeight(scroller: { readonly current: HTMLElement | null }): number {
  const [height, setHeight] = useState(innerWidth < narrow ? narrowRow : wideRow);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setHeight(entry.contentRect.width < narrow ? narrowRow : wideRow);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return height;
}

/** Loads older calls before the reader reaches the end. */
function useOlderCalls(rowsLeft: number, offset: number): void {
  const { state } = feed.progress.value;
  // An unscrolled list loads only what is visible.
  const near = rowsLeft < (offset > 0 ? 60 : 4);
  useEffect(() => {
    if (near && state === 'idle') feed.loadOlder();
  }, [near, state]);
}

/** Reports whether the newest row is visible, and scrolls there on request. */
function useTop(scroller: { readonly current: HTMLElement | null }, top: boolean): void {
  useEffect(() => {
    atTop.value = top;
    if (!top) feed.missed.value = 0;
  }, [top]);
  useSignalEffect(() => {
    if (atTop.value && (scroller.current?.scrollTop ?? 0) > 0)
      scroller.current?.scrollTo({ top: 0 });
  });
}

/** Gives the page's keys access to this list. */
function useListControls(
  scroller: { readonly current: HTMLElement | null },
  rows: Rows,
  reveal: (index: number) => void,
  rowHeight: number,
): void {
  useLayoutEffect(() => {
    listControls.current = {
      rows,
      reveal,
      pageRows: () =>
        Math.max(
          1,
          Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1,
        ),
      focus: () => scroller.current?.focus({ preventScroll: true }),
    };
  });
}
