/** Replaces a stretch of a text. Lists are sorted without overlaps. */
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

/** Adds the edits that `find` returns for the stretches between existing ones. */
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

/** Shifts the edits of a part that begins at `offset`. */
export function moved(edits: readonly TextEdit[], offset: number): readonly TextEdit[] {
  if (offset === 0) return edits;
  return edits.map(({ start, end, text }) => ({ start: start + offset, end: end + offset, text }));
}

/** The stretches without an edit. */
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
