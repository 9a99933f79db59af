import { type JsonChild, jsonChildren } from '../../../payload/json-children.js';

/*
 * The rows of a tree over JSON text. They are scanned where needed, and the text is never parsed as
 * a whole: numbers keep their spelling, repeated keys stay, and a payload of many megabytes costs
 * only its visible part. Rows are in the order of the text.
 */

export type TreeRow = ValueRow | MoreRow;

/** A value with its key or index. */
export interface ValueRow {
  readonly kind: 'object' | 'list' | 'text' | 'number' | 'word';
  /** Its nesting depth. */
  readonly level: number;
  /** The decoded key; undefined in a list and for the root. */
  readonly key: string | undefined;
  /** Its index among its siblings, from 0. */
  readonly index: number;
  /** The offset of its key, or of its value without one. */
  readonly at: number;
  /** The offsets of its value. */
  readonly start: number;
  readonly end: number;
  /** Whether it has children. */
  readonly foldable: boolean;
  readonly open: boolean;
  /** The number of children; undefined when not counted yet. */
  readonly count: number | undefined;
}

/** A placeholder for siblings that were not read yet. */
interface MoreRow {
  readonly kind: 'more';
  readonly level: number;
  /** The number of siblings above it. */
  readonly index: number;
  /** The end offset of the last of them. */
  readonly at: number;
  /** The start offset of the parent. */
  readonly start: number;
}

/** Maximum number of children shown at first. */
export const maxChildren = 10_000;
/** Limits for opening everything. */
const maxLevel = 100;
const maxRows = 300_000;
/** Initially opens levels until this many rows. */
const minInitialRows = 150;

/** The initial rows: all of a small payload, the list of events of a large one. */
export function firstRows(text: string): readonly TreeRow[] {
  let rows: readonly TreeRow[] = [rootRow(text)];
  for (let level = 0; rows.length < minInitialRows; level += 1) {
    const deeper = rows.flatMap((row) =>
      row.level === level && isFoldable(row) ? openedRows(text, row) : row,
    );
    if (deeper.length === rows.length) break;
    rows = deeper;
  }
  return rows;
}

/** Opens a row, or loads the siblings that a placeholder stands for. */
export function openRow(text: string, rows: readonly TreeRow[], index: number): readonly TreeRow[] {
  const row = rows[index];
  if (row === undefined) return rows;
  const after = rows.slice(index + 1);
  if (row.kind === 'more') return rows.slice(0, index).concat(moreRows(text, row), after);
  if (!row.foldable || row.open) return rows;
  return rows.slice(0, index).concat(openedRows(text, row), after);
}

export function closeRow(rows: readonly TreeRow[], index: number): readonly TreeRow[] {
  const row = rows[index];
  if (row === undefined || row.kind === 'more' || !row.open) return rows;
  const next = rows.findIndex(({ level }, at) => at > index && level <= row.level);
  const after = next === -1 ? [] : rows.slice(next);
  return rows.slice(0, index).concat({ ...row, open: false }, after);
}

/** The root and its direct children. */
export function closedRows(text: string): readonly TreeRow[] {
  return openRow(text, [rootRow(text)], 0);
}

/**
 * Generates all rows, a few thousand at a time, so that the caller can yield in between. Very deep
 * values stay closed.
 */
export function* everyRow(text: string): Generator<readonly TreeRow[]> {
  let part: TreeRow[] = [];
  let made = 0;
  const outer: { readonly row: Counted; readonly children: Generator<JsonChild>; index: number }[] =
    [];
  const put = (row: Counted) => {
    part.push(row);
    made += 1;
    if (!row.foldable || row.level >= maxLevel || made > maxRows) return;
    row.open = true;
    outer.push({ row, children: jsonChildren(text, row.start), index: 0 });
  };
  put(rootRow(text));
  for (let inside = outer.at(-1); inside; inside = outer.at(-1)) {
    const { value: child } = inside.children.next();
    const { row, index } = inside;
    if (child && index < maxChildren) {
      inside.index += 1;
      put(rowOf(text, child, row.level + 1, index));
    } else {
      if (child) part.push(moreRow(row, child, index));
      else row.count = index;
      outer.pop();
    }
    if (part.length >= 2000) {
      yield part;
      part = [];
    }
  }
  yield part;
}

/** A row whose children are being counted. */
type Counted = { -readonly [Name in keyof ValueRow]: ValueRow[Name] };

/** Opens rows until the value at an offset has one, and returns its index. */
export function openTo(
  text: string,
  rows: readonly TreeRow[],
  offset: number,
): { readonly rows: readonly TreeRow[]; readonly index: number } {
  let opened = rows;
  for (;;) {
    const index = lastAt(opened, offset);
    const row = opened[index];
    const inside =
      row && (row.kind === 'more' || (row.foldable && !row.open && offset > row.start));
    if (!inside || (row.kind !== 'more' && offset >= row.end)) return { rows: opened, index };
    const more = openRow(text, opened, index);
    if (more.length <= opened.length) return { rows: opened, index };
    opened = more;
  }
}

/** The index of a row's parent; -1 for the root. */
export function parentOf(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 0;
  let at = index - 1;
  while (at >= 0 && (rows[at]?.level ?? 0) >= level) at -= 1;
  return at;
}

/** Keys and indexes from the root to a row. */
export function pathOf(rows: readonly TreeRow[], index: number): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = index; at > 0; at = parentOf(rows, at)) {
    const row = rows[at];
    if (row && row.kind !== 'more') path.unshift(row.key ?? row.index);
  }
  return path;
}

/** The last row at or before an offset. */
function lastAt(rows: readonly TreeRow[], offset: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function rootRow(text: string): ValueRow {
  const start = text.search(/\S/);
  return rowOf(text, { key: undefined, at: 0, start, end: text.trimEnd().length }, 0, 0);
}

/** A row in open state, with its children. */
function openedRows(text: string, row: ValueRow): TreeRow[] {
  const children = rowsFrom(text, row, jsonChildren(text, row.start), 0);
  const count = children.at(-1)?.kind === 'more' ? undefined : children.length;
  return [{ ...row, open: true, count }, ...children];
}

function moreRows(text: string, { start, at, level, index }: MoreRow): TreeRow[] {
  return rowsFrom(text, { start, level: level - 1 }, jsonChildren(text, start, at), index);
}

function rowsFrom(
  text: string,
  parent: Pick<ValueRow, 'start' | 'level'>,
  children: Generator<JsonChild>,
  first: number,
): TreeRow[] {
  const rows: TreeRow[] = [];
  for (const child of children) {
    const index = first + rows.length;
    if (rows.length === maxChildren) {
      // Its key and value are scanned again on request.
      rows.push(moreRow(parent, child, index));
      break;
    }
    rows.push(rowOf(text, child, parent.level + 1, index));
  }
  return rows;
}

function moreRow(
  { start, level }: Pick<ValueRow, 'start' | 'level'>,
  { at }: JsonChild,
  index: number,
): MoreRow {
  return { kind: 'more', level: level + 1, index, at, start };
}

function rowOf(
  text: string,
  { key, at, start, end }: JsonChild,
  level: number,
  index: number,
): ValueRow {
  const kind = kindAt(text, start);
  const foldable = (kind === 'object' || kind === 'list') && !isEmpty(text, start + 1);
  return { kind, level, key, index, at, start, end, foldable, open: false, count: undefined };
}

function kindAt(text: string, start: number): ValueRow['kind'] {
  switch (text[start]) {
    case '{':
      return 'object';
    case '[':
      return 'list';
    case '"':
      return 'text';
    case 't':
    case 'f':
    case 'n':
      return 'word';
    default:
      return 'number';
  }
}

/** Whether only blanks precede the closing bracket. */
function isEmpty(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text[at] === '}' || text[at] === ']';
}

function isFoldable(row: TreeRow): row is ValueRow {
  return row.kind !== 'more' && row.foldable;
}
