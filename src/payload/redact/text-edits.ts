/** A stretch of a text, and what stands in its place. Lists of them are sorted and do not overlap. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let edited = '';
  let kept = 0;
  for (const edit of edits) {
    edited += text.slice(kept, edit.start) + edit.text;
    kept = edit.end;
  }
  return edited + text.slice(kept);
}

/** The edits, and what `find` finds in the stretches between them. */
export function withFound(
  text: string,
  edits: readonly TextEdit[],
  find: (stretch: string) => readonly TextEdit[],
): readonly TextEdit[] {
  const all = [...edits];
  for (const { start, end } of gapsBetween(text.length, edits)) {
    all.push(...moved(find(text.slice(start, end)), start));
  }
  return all.length === edits.length ? edits : inOrder(all);
}

export function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...edits].sort((one, other) => one.start - other.start);
}

/** The edits of a part, where the part begins at `offset` of the whole. */
export function moved(edits: readonly TextEdit[], offset: number): readonly TextEdit[] {
  if (offset === 0) return edits;
  return edits.map(({ start, end, text }) => ({ start: start + offset, end: end + offset, text }));
}

/** The stretches that no edit touches. */
export function* gapsBetween(
  length: number,
  edits: readonly TextEdit[],
): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0;
  for (const edit of edits) {
    if (edit.start > start) yield { start, end: edit.start };
    start = edit.end;
  }
  if (length > start) yield { start, end: length };
}
