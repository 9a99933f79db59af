import type { Rows } from './rows.js';

/** The part of the list that the page's keys use. */
export interface ListControls {
  readonly rows: Rows;
  reveal(index: number): void;
  pageRows(): number;
  focus(): void;
}

/** null while no list is shown. */
export const listControls: { current: ListControls | null } = { current: null };
