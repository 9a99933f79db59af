import type { Capture } from '../../call/call.js';
import type { Host } from '../../host.js';
import { readRecords } from '../../output/record-lines.js';
import { problem } from '../../problems/problem.js';
import { maxCallLines } from '../../sending/sending-view.js';
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
  const captures =
    selection.kind === 'ids'
      ? selection.references.map((reference) => {
          const capture = findCapture(history, reference);
          return { time: capture.time, read: () => findCapture(history, capture.id) };
        })
      : matchingCaptures(selection, history);
  if (captures.length === 0) throw problem('nothing_to_replay', {});
  return { count: captures.length, captures };
}

/** Holds ids and times only, since all bodies may not fit into memory. */
function matchingCaptures(
  { query, last }: Extract<Selection, { readonly kind: 'query' }>,
  history: History,
): SelectedCapture[] {
  const captures: SelectedCapture[] = [];
  for (const { id, time } of history.captures(query, 'newest first')) {
    captures.push({ time, read: () => history.find(id) });
    if (captures.length === last) break;
  }
  return captures.reverse();
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
