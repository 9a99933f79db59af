import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { useVirtualizer } from '../use-virtualizer.js';
import { countText } from '../words.js';
import { shownValue } from './event-fields.js';
import { TreeFoot } from './tree-foot.js';
import type { TreeRow, ValueRow } from './tree-rows.js';
import { TreeSearchBar } from './tree-search-bar.js';
import type { TreeState } from './tree-state.js';

const rowHeight = 22;

export function JsonTree({ state, label }: { readonly state: TreeState; readonly label: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = state.rows.value;
  const active = state.active.value;
  const { items, height, reveal } = useVirtualizer({
    count: rows.length,
    rowHeight,
    scroller: () => scroller.current,
    headHeight: 0,
    keep: active,
  });
  // Depends on the rows too: those of a match were closed before.
  useEffect(() => reveal(active), [active, rows]);
  return (
    <div class="json">
      <TreeSearchBar state={state} onLeave={() => scroller.current?.focus()} />
      <div
        ref={scroller}
        class="tree"
        role="tree"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={`${id}-${active}`}
        onKeyDown={(event) => onKey(event, state)}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: A group in a tree, not in a form. */}
        <div class="tree-rows" role="group" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <Row
                  key={index}
                  id={`${id}-${index}`}
                  state={state}
                  row={row}
                  index={index}
                  active={index === active}
                  top={start}
                />
              )
            );
          })}
        </div>
      </div>
      <TreeFoot state={state} />
    </div>
  );
}

function Row({
  id,
  state,
  row,
  index,
  active,
  top,
}: {
  readonly id: string;
  readonly state: TreeState;
  readonly row: TreeRow;
  readonly index: number;
  readonly active: boolean;
  readonly top: number;
}) {
  const folds = row.kind === 'more' || row.foldable;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: The tree has focus and handles keys.
    // biome-ignore lint/a11y/useFocusableInteractive: The tree names the active row.
    <div
      id={id}
      role="treeitem"
      class="tree-row"
      aria-level={row.level + 1}
      aria-selected={active}
      {...(row.kind !== 'more' && row.foldable && { 'aria-expanded': row.open })}
      style={{
        transform: `translateY(${top}px)`,
        // Deeper levels are not indented further, to stay on the page.
        paddingLeft: `${6 + Math.min(row.level, 24) * 14}px`,
      }}
      onClick={(event) => {
        const onSign = event.target instanceof Element && event.target.closest('.fold');
        if (row.kind === 'more' || (folds && (onSign || active))) state.toggle(index);
        else state.choose(index);
      }}
      onDblClick={() => folds && row.kind !== 'more' && state.toggle(index)}
    >
      <span class={row.kind !== 'more' && row.open ? 'fold open' : 'fold'}>
        {folds && <Icon name="chevron" />}
      </span>
      {row.kind === 'more' ? (
        <span class="link">More, from {countText(row.index)} on</span>
      ) : (
        <>
          <Name row={row} />
          <Value row={row} text={state.text} />
        </>
      )}
    </div>
  );
}

function Name({ row }: { readonly row: ValueRow }) {
  if (row.level === 0) return null;
  if (row.key === undefined) return <span class="json-place">{row.index}</span>;
  return (
    <span class="json-key">
      <Untrusted text={row.key} max={120} />
    </span>
  );
}

/** Slightly more than fits on a line. */
const maxValue = 300;

function Value({ row, text }: { readonly row: ValueRow; readonly text: string }) {
  const json = text.slice(row.start, row.end);
  if (row.kind === 'text') {
    const rest = json.length > maxValue ? '…' : '';
    return (
      <span class="json-text">
        "<Untrusted text={shownValue(json, maxValue)} max={maxValue} />
        {rest}"
      </span>
    );
  }
  if (row.kind === 'number' || row.kind === 'word') {
    return (
      <span class={`json-${row.kind}`}>
        <Untrusted text={json} max={maxValue} />
      </span>
    );
  }
  const [open, close] = row.kind === 'object' ? '{}' : '[]';
  if (!row.foldable) return <span class="json-fold">{`${open}${close}`}</span>;
  if (row.open) {
    const count = row.count === undefined ? '' : countText(row.count);
    return <span class="json-fold">{`${open}${count}${close}`}</span>;
  }
  return (
    <span class="json-fold">
      <Untrusted text={json.slice(0, 160).replace(/\s+/g, ' ')} max={160} />
    </span>
  );
}

function onKey(event: KeyboardEvent, state: TreeState): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = actions[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act(state);
}

const page = 20;

const actions: Readonly<Record<string, (state: TreeState) => void>> = {
  ArrowDown: (state) => state.choose(state.active.value + 1),
  ArrowUp: (state) => state.choose(state.active.value - 1),
  ArrowRight: (state) => state.enter(),
  ArrowLeft: (state) => state.leave(),
  PageDown: (state) => state.choose(state.active.value + page),
  PageUp: (state) => state.choose(state.active.value - page),
  Home: (state) => state.choose(0),
  End: (state) => state.choose(state.rows.value.length - 1),
  Enter: (state) => state.toggle(state.active.value),
  ' ': (state) => state.toggle(state.active.value),
};
