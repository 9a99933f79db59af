import { type JsonChild, jsonChildren } from '../../../payload/json-children.js';

/*
 * The rows of a tree over JSON text. They are read off the text where somebody looks, and the text
 * is never parsed as a whole: numbers stay as they are written, repeated keys stay there, and a
 * payload of many megabytes costs what is shown of it. Rows are in the order of the text.
 */

export type TreeRow = ValueRow | MoreRow;

/** A value, and the key or place that it stands at. */
export interface ValueRow {
  readonly kind: 'object' | 'list' | 'text' | 'number' | 'word';
  /** How many objects and lists it lies in. */
  readonly level: number;
  /** The key, decoded; undefined in a list and of the outermost value. */
  readonly key: string | undefined;
  /** Its place among its siblings, from 0. */
  readonly place: number;
  /** Where it begins in the text, with its key. */
  readonly at: number;
  /** Where its value begins and ends in the text. */
  readonly start: number;
  readonly end: number;
  /** Whether there is something inside. */
  readonly foldable: boolean;
  readonly open: boolean;
  /** How much is inside, as far as it was counted; undefined: not yet. */
  readonly count: number | undefined;
}

/** Stands for the siblings that were not read yet. */
interface MoreRow {
  readonly kind: 'more';
  readonly level: number;
  /** How many siblings are above it. */
  readonly place: number;
  /** Where the last one of them ends. */
  readonly at: number;
  /** Where the object or list begins that they lie in. */
  readonly start: number;
}

/** How many children of one value are shown before they are asked for. */
export const maxChildren = 10_000;
/** Opening everything goes no deeper, and makes no more rows. */
const deepestLevel = 100;
const maxRows = 300_000;
/** At first so many rows are opened, level by level. */
const fewRows = 150;

/** The rows that are shown first: of a small payload all, of a large one its list of events. */
export function firstRows(text: string): readonly TreeRow[] {
  let rows: readonly TreeRow[] = [rootRow(text)];
  for (let level = 0; rows.length < fewRows; level += 1) {
    const deeper = rows.flatMap((row) =>
      row.level === level && isFoldable(row) ? openedRows(text, row) : row,
    );
    if (deeper.length === rows.length) break;
    rows = deeper;
  }
  return rows;
}

/** The rows with one more opened, or with the siblings that a row stands for. */
export function openRow(text: string, rows: readonly TreeRow[], index: number): readonly TreeRow[] {
  const row = rows[index];
  if (row === undefined) return rows;
  const after = rows.slice(index + 1);
  if (row.kind === 'more') return rows.slice(0, index).concat(moreRows(text, row), after);
  if (!row.foldable || row.open) return rows;
  return rows.slice(0, index).concat(openedRows(text, row), after);
}

/** The rows with one closed. */
export function closeRow(rows: readonly TreeRow[], index: number): readonly TreeRow[] {
  const row = rows[index];
  if (row === undefined || row.kind === 'more' || !row.open) return rows;
  const next = rows.findIndex(({ level }, at) => at > index && level <= row.level);
  const after = next === -1 ? [] : rows.slice(next);
  return rows.slice(0, index).concat({ ...row, open: false }, after);
}

/** Only the outermost value and what lies directly in it. */
export function closedRows(text: string): readonly TreeRow[] {
  return openRow(text, [rootRow(text)], 0);
}

/**
 * All rows there are, a few thousand at a time, so that whoever asks can do something else between.
 * What is very deep stays closed.
 */
export function* everyRow(text: string): Generator<readonly TreeRow[]> {
  let part: TreeRow[] = [];
  let made = 0;
  const outer: { readonly row: Counted; readonly children: Generator<JsonChild>; place: number }[] =
    [];
  const put = (row: Counted) => {
    part.push(row);
    made += 1;
    if (!row.foldable || row.level >= deepestLevel || made > maxRows) return;
    row.open = true;
    outer.push({ row, children: jsonChildren(text, row.start), place: 0 });
  };
  put(rootRow(text));
  for (let inside = outer.at(-1); inside; inside = outer.at(-1)) {
    const { value: child } = inside.children.next();
    const { row, place } = inside;
    if (child && place < maxChildren) {
      inside.place += 1;
      put(rowOf(text, child, row.level + 1, place));
    } else {
      if (child) part.push(moreRow(row, child, place));
      else row.count = place;
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

/** The rows opened so far that what stands at an offset of the text is one, and which one it is. */
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

/** The row that a row lies in; -1 for the outermost. */
export function parentOf(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 0;
  let at = index - 1;
  while (at >= 0 && (rows[at]?.level ?? 0) >= level) at -= 1;
  return at;
}

/** Keys and places from the outermost value to a row. */
export function pathOf(rows: readonly TreeRow[], index: number): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = index; at > 0; at = parentOf(rows, at)) {
    const row = rows[at];
    if (row && row.kind !== 'more') path.unshift(row.key ?? row.place);
  }
  return path;
}

/** The last row that begins at an offset or before it. */
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

/** A row, open, and what is inside. */
function openedRows(text: string, row: ValueRow): TreeRow[] {
  const children = rowsFrom(text, row, jsonChildren(text, row.start), 0);
  const count = children.at(-1)?.kind === 'more' ? undefined : children.length;
  return [{ ...row, open: true, count }, ...children];
}

function moreRows(text: string, { start, at, level, place }: MoreRow): TreeRow[] {
  return rowsFrom(text, { start, level: level - 1 }, jsonChildren(text, start, at), place);
}

function rowsFrom(
  text: string,
  parent: Pick<ValueRow, 'start' | 'level'>,
  children: Generator<JsonChild>,
  first: number,
): TreeRow[] {
  const rows: TreeRow[] = [];
  for (const child of children) {
    const place = first + rows.length;
    if (rows.length === maxChildren) {
      // Its key and value are read again when they are asked for.
      rows.push(moreRow(parent, child, place));
      break;
    }
    rows.push(rowOf(text, child, parent.level + 1, place));
  }
  return rows;
}

function moreRow(
  { start, level }: Pick<ValueRow, 'start' | 'level'>,
  { at }: JsonChild,
  place: number,
): MoreRow {
  return { kind: 'more', level: level + 1, place, at, start };
}

function rowOf(
  text: string,
  { key, at, start, end }: JsonChild,
  level: number,
  place: number,
): ValueRow {
  const kind = kindAt(text, start);
  const foldable = (kind === 'object' || kind === 'list') && !isEmpty(text, start + 1);
  return { kind, level, key, place, at, start, end, foldable, open: false, count: undefined };
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

/** Whether nothing but blanks stands before the bracket that closes. */
function isEmpty(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text[at] === '}' || text[at] === ']';
}

function isFoldable(row: TreeRow): row is ValueRow {
  return row.kind !== 'more' && row.foldable;
}
