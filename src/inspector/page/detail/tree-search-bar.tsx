import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../icon.js';
import { countText } from '../words.js';
import type { TreeSearch, TreeState } from './tree-state.js';

/** Searches a tree while typing, and opens or closes all of it. */
export function TreeSearchBar({
  state,
  onLeave,
}: {
  readonly state: TreeState;
  /** The reader has finished searching. */
  readonly onLeave: () => void;
}) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = state.search.value;
  const find = (wanted: string) => {
    clearTimeout(timer.current);
    // Searching megabytes for every letter would be slow.
    timer.current = setTimeout(() => state.find(wanted), state.text.length > 500_000 ? 200 : 0);
  };
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }) => {
    if (event.key === 'Enter') {
      const { value } = event.currentTarget;
      if (value !== search.wanted) state.find(value);
      else state.go(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      if (event.currentTarget.value === '') onLeave();
      event.currentTarget.value = '';
      find('');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="strip">
      <div class="finder">
        <Icon name="search" />
        <input
          type="search"
          class="field"
          placeholder="Search keys and values"
          aria-label="Search this JSON"
          spellcheck={false}
          autocomplete="off"
          value={search.wanted}
          onInput={(event) => find(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <output class="faint">{matchText(search)}</output>
      </div>
      <button type="button" class="button small quiet" onClick={() => state.openAll()}>
        {state.busy.value ? 'Opening…' : 'Open all'}
      </button>
      <button type="button" class="button small quiet" onClick={() => state.closeAll()}>
        Close all
      </button>
    </div>
  );
}

function matchText({ wanted, matches, current, cut }: TreeSearch): string {
  if (wanted === '') return '';
  if (matches.length === 0) return 'not found';
  return `${countText(current + 1)} of ${countText(matches.length)}${cut ? '+' : ''}`;
}
