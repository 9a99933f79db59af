import type { Rows } from './rows.js';

/** What the keys of the page need of the list that is shown. */
export interface ListFace {
  readonly rows: Rows;
  reveal(index: number): void;
  /** How many rows a page has. */
  pageRows(): number;
  focus(): void;
}

/** The list that is shown; null while there is none. */
export const listFace: { current: ListFace | null } = { current: null };
