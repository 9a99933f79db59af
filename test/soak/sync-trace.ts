/** What strace is to watch. */
export const watchedCalls = 'read,write,writev,pwrite64,fdatasync,fsync';

export interface Seen {
  /** Calls that were answered 200. */
  readonly answers: number;
  /** Those that were answered before a sync that came after their record was written. */
  readonly early: number;
  readonly syncs: number;
  readonly failedSyncs: number;
}

/** Goes through strace's lines in the order in which things happened. */
export function readTrace(trace: string, marks: ReadonlySet<string>): Seen {
  /** The call that each connection waits for an answer to. */
  const asked = new Map<string, string>();
  const heldUp = new Map<string, string>();
  /** What each thread has written since its last sync: a failed one has lost it. */
  const written = new Map<string, string[]>();
  const synced = new Set<string>();
  let answers = 0;
  let early = 0;
  let syncs = 0;
  let failedSyncs = 0;
  for (const line of trace.split('\n')) {
    const found = [...line.matchAll(/call-\d+-\d+-\d+-\d+/g)]
      .map(([mark]) => mark)
      .filter((mark) => marks.has(mark));
    const [, thread = '', typed] = /^(\d+) +(?:(?:read|write|writev)\((\d+), )?/.exec(line) ?? [];
    // A thread that was held up inside a system call: its arguments stand in an earlier line.
    const connection = typed ?? heldUp.get(thread) ?? '';
    if (typed && line.endsWith('<unfinished ...>')) heldUp.set(thread, typed);
    if (/ (?:read\(\d+, |<\.\.\. read resumed>)"POST /.test(line)) {
      if (found[0]) asked.set(connection, found[0]);
    } else if (/ pwrite64\(/.test(line)) {
      written.set(thread, [...(written.get(thread) ?? []), ...found]);
    } else if (/ (?:fdatasync|fsync)(?:\(\d+\)| resumed>\)) += 0/.test(line)) {
      syncs += 1;
      for (const mark of written.get(thread) ?? []) synced.add(mark);
      written.delete(thread);
    } else if (/ (?:fdatasync|fsync)(?:\(\d+\)| resumed>\)) += -1 /.test(line)) {
      failedSyncs += 1;
      written.delete(thread);
    } else if (/ writev?\(\d+, .*HTTP\/1\.1 200 OK/.test(line)) {
      answers += 1;
      if (!synced.has(asked.get(connection) ?? '')) early += 1;
    }
  }
  return { answers, early, syncs, failedSyncs };
}
