import type { Capture } from '../../call/call.js';
import type { Host } from '../../host.js';
import { readRecords } from '../../output/record-lines.js';
import { problem } from '../../problems/problem.js';
import { maxCallLines } from '../../sending/sending-view.js';
import type { ListedCapture } from '../../store/capture-search.js';
import { findCapture, type History } from '../../store/history.js';
import type { Selection } from './options.js';

/** A capture to replay, read when it is sent. */
export interface SelectedCapture {
  /** When it was received, in milliseconds since 1970. */
  readonly time: number;
  /** Throws a problem when it has been removed meanwhile. */
  read(): Capture;
}

export interface SelectedCaptures {
  /** Undefined: unknown, but more than a few. */
  readonly count: number | undefined;
  readonly captures: Iterable<SelectedCapture> | AsyncIterable<SelectedCapture>;
}

/** The selected captures of a store: ids in the given order, others oldest first. */
export function selectFromHistory(
  selection: Exclude<Selection, { readonly kind: 'file' }>,
  history: History,
): SelectedCaptures {
  if (selection.kind === 'ids') {
    const captures = selection.references.map((reference) => {
      const capture = findCapture(history, reference);
      return { time: capture.time, read: () => findCapture(history, capture.id) };
    });
    return { count: captures.length, captures };
  }
  const found = matchingCaptures(selection, history);
  if (found.length === 0) throw problem('nothing_to_replay', {});
  return { count: found.length, captures: readableCaptures(found, history) };
}

type FoundCapture = Pick<ListedCapture, 'id' | 'seq' | 'time'>;

/** Holds no bodies, since all of them may not fit into memory. */
function matchingCaptures(
  { query, last }: Extract<Selection, { readonly kind: 'query' }>,
  history: History,
): FoundCapture[] {
  const captures: FoundCapture[] = [];
  for (const { id, seq, time } of history.captures(query, 'newest first')) {
    captures.push({ id, seq, time });
    if (captures.length === last) break;
  }
  return captures.reverse();
}

/** Reads captures as they are sent. Skips damaged ones, which the history counts. */
function* readableCaptures(
  found: readonly FoundCapture[],
  history: History,
): Generator<SelectedCapture> {
  for (const { id, seq, time } of found) {
    const damaged = history.unreadable();
    const capture = history.at(seq);
    if (capture) yield { time, read: () => capture };
    // It was removed, which this reports.
    else if (history.unreadable() === damaged) history.find(id);
  }
}

/** The captures of an exported file, in file order, read as they are sent. */
export async function selectFromFile(
  file: string,
  host: Pick<Host, 'cwd' | 'stdin'>,
): Promise<SelectedCaptures> {
  const records = readRecords(file, host);
  const first: Capture[] = [];
  let ended = false;
  // The output differs for few calls, so read ahead to know.
  while (!ended && first.length <= maxCallLines) {
    const { done, value } = await records.next();
    if (done) ended = true;
    else first.push(value);
  }
  if (first.length === 0) throw problem('nothing_to_replay', {});
  return { count: ended ? first.length : undefined, captures: selected(first, records) };
}

async function* selected(
  first: readonly Capture[],
  rest: AsyncIterable<Capture>,
): AsyncGenerator<SelectedCapture> {
  for (const capture of first) yield { time: capture.time, read: () => capture };
  for await (const capture of rest) yield { time: capture.time, read: () => capture };
}
