import { type ReadonlySignal, signal } from '@preact/signals';
import {
  closedRows,
  closeRow,
  everyRow,
  firstRows,
  openRow,
  openTo,
  parentOf,
  type TreeRow,
} from './tree-rows.js';
import { findInJson, maxMatches } from './tree-search.js';

/** The state of a tree: open rows, selection and search. Survives switching tabs. */
export interface TreeState {
  readonly text: string;
  readonly rows: ReadonlySignal<readonly TreeRow[]>;
  /** The index of the row that the keys act upon. */
  readonly active: ReadonlySignal<number>;
  readonly search: ReadonlySignal<TreeSearch>;
  /** Whether everything is being opened. */
  readonly busy: ReadonlySignal<boolean>;
  choose(index: number): void;
  /** Opens or closes a row, or loads a placeholder's siblings. */
  toggle(index: number): void;
  /** Closes an open row, else moves to its parent. */
  leave(): void;
  /** Opens a closed row, else moves to its first child. */
  enter(): void;
  openAll(): Promise<void>;
  closeAll(): void;
  find(wanted: string): void;
  /** Moves through the matches. */
  go(steps: number): void;
}

export interface TreeSearch {
  readonly wanted: string;
  /** Offsets in the text. */
  readonly matches: readonly number[];
  /** The index of the shown match, from 0; -1 without one. */
  readonly current: number;
  /** Whether there may be more matches. */
  readonly cut: boolean;
}

/** Milliseconds of work between pauses. */
const slice = 12;

export function createTreeState(text: string): TreeState {
  const rows = signal(firstRows(text));
  const active = signal(0);
  const busy = signal(false);
  const search = signal<TreeSearch>({ wanted: '', matches: [], current: -1, cut: false });

  const choose = (index: number) => {
    active.value = Math.max(0, Math.min(index, rows.value.length - 1));
  };
  /** Shows other rows, and keeps the active one if it is still present. */
  const show = (next: readonly TreeRow[]) => {
    const at = rows.value[active.value]?.at ?? 0;
    rows.value = next;
    const same = next.findIndex((row) => row.at === at);
    choose(same === -1 ? 0 : same);
  };

  const state: TreeState = {
    text,
    rows,
    active,
    busy,
    search,
    choose,
    toggle(index) {
      const row = rows.value[index];
      if (!row) return;
      choose(index);
      const open = row.kind !== 'more' && row.open;
      rows.value = open ? closeRow(rows.value, index) : openRow(text, rows.value, index);
    },
    leave() {
      const row = rows.value[active.value];
      if (row && row.kind !== 'more' && row.open) state.toggle(active.value);
      else choose(parentOf(rows.value, active.value));
    },
    enter() {
      const row = rows.value[active.value];
      if (row && row.kind !== 'more' && row.open) choose(active.value + 1);
      else state.toggle(active.value);
    },
    async openAll() {
      if (busy.value) return;
      busy.value = true;
      const all: TreeRow[] = [];
      let since = performance.now();
      for (const part of everyRow(text)) {
        for (const row of part) all.push(row);
        if (performance.now() - since < slice) continue;
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
      busy.value = false;
      show(all);
    },
    closeAll() {
      show(closedRows(text));
    },
    find(wanted) {
      const matches = findInJson(text, wanted);
      search.value = { wanted, matches, current: -1, cut: matches.length === maxMatches };
      state.go(1);
    },
    go(steps) {
      const { matches, current } = search.value;
      const count = matches.length;
      if (count === 0) return;
      const next = (current + steps + count) % count;
      search.value = { ...search.value, current: next };
      const found = openTo(text, rows.value, matches[next] ?? 0);
      rows.value = found.rows;
      choose(found.index);
    },
  };
  return state;
}
