import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';
import { readTrace, watchedCalls } from './sync-trace.js';

// A killed process proves nothing about syncing, for what it wrote lives on in the kernel. So each
// system call is watched: the record is written, synced, and only then is the call answered.
describe('the sync of a record', () => {
  needPrograms('strace');

  test.each([
    { clients: 1, calls: 100 },
    { clients: 32, calls: 2_000 },
  ])(
    'precedes the answer of each of $calls calls by $clients clients',
    async ({ clients, calls }) => {
      const trace = join(temporaryFolder(), 'trace');
      const listener = await spawnListener([], {
        through: ['strace', '-f', '-s', '9000', '-o', trace, '-e', `trace=${watchedCalls}`],
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
