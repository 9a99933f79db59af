import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';

// A killed process proves nothing about syncing, for what it wrote lives on in the kernel. So each
// system call is watched: the record is written, synced, and only then is the call answered.
describe('the sync of a record', () => {
  beforeAll(() => {
    if (spawnSync('strace', ['-V']).error)
      throw new Error('strace is missing: apt-get install strace');
  });

  test.each([
    { clients: 1, calls: 100 },
    { clients: 32, calls: 2_000 },
  ])(
    'precedes the answer of each of $calls calls by $clients clients',
    async ({ clients, calls }) => {
      const trace = join(temporaryFolder(), 'trace');
      const watched = 'read,write,writev,pwrite64,fdatasync,fsync';
      const listener = await spawnListener([], {
        through: ['strace', '-f', '-s', '9000', '-o', trace, '-e', `trace=${watched}`],
      });
      const load = startLoad(listener.url, { clients });
      await load.reached(calls);
      await load.stop();
      process.kill(listener.listener, 'SIGTERM');
      await listener.ended;
      expect(load.failures).toEqual([]);
      const seen = readTrace(readFileSync(trace, 'latin1'), load.acknowledged);
      const share = rounded((100 * seen.syncs) / seen.answers) / 100;
      print(`sync before answer, ${clients} clients`, { ...seen, 'syncs per answer': share });
      expect(seen).toMatchObject({ answers: load.acknowledged.size, early: 0 });
      if (clients > 1) expect(seen.syncs).toBeLessThan(seen.answers);
    },
  );
});

interface Seen {
  /** Calls that were answered 200. */
  readonly answers: number;
  /** Those that were answered before a sync that came after their record was written. */
  readonly early: number;
  readonly syncs: number;
}

/** Goes through strace's lines in the order in which things happened. */
function readTrace(trace: string, marks: ReadonlySet<string>): Seen {
  /** The call that each connection waits for an answer to. */
  const asked = new Map<string, string>();
  const heldUp = new Map<string, string>();
  const written = new Set<string>();
  const synced = new Set<string>();
  let answers = 0;
  let early = 0;
  let syncs = 0;
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
      for (const mark of found) written.add(mark);
    } else if (/ (?:fdatasync|fsync)(?:\(\d+\)| resumed>\)) += 0/.test(line)) {
      syncs += 1;
      for (const mark of written) synced.add(mark);
      written.clear();
    } else if (/ writev?\(\d+, .*HTTP\/1\.1 200 OK/.test(line)) {
      answers += 1;
      if (!synced.has(asked.get(connection) ?? '')) early += 1;
    }
  }
  return { answers, early, syncs };
}
