import type { Capture } from '../../call/call.js';
import type { Host } from '../../host.js';
import { readRecords } from '../../output/record-lines.js';
import { problem } from '../../problems/problem.js';
import { fewCalls } from '../../sending/sending-view.js';
import { findCapture, type History } from '../../store/history.js';
import type { Selection } from './options.js';

/** A capture to be sent again, read when its turn comes. */
export interface SelectedCapture {
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  /** Throws a problem when it is gone meanwhile. */
  read(): Capture;
}

export interface SelectedCaptures {
  /** Undefined: more than a few, and it is not known how many. */
  readonly count: number | undefined;
  readonly captures: Iterable<SelectedCapture> | AsyncIterable<SelectedCapture>;
}

/** The captures of a store that are meant: given ids in their order, others oldest first. */
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
      : meant(selection, history);
  if (captures.length === 0) throw problem('nothing_to_replay', {});
  return { count: captures.length, captures };
}

/** Ids and times only: the bodies of all would not fit into memory. */
function meant(
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

/** The captures of an exported file, in its order, read as they are sent. */
export async function selectFromFile(
  file: string,
  host: Pick<Host, 'cwd' | 'stdin'>,
): Promise<SelectedCaptures> {
  const records = readRecords(file, host);
  const first: Capture[] = [];
  let ended = false;
  // Few are shown one by one, so it must be known whether they are few.
  while (!ended && first.length <= fewCalls) {
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
