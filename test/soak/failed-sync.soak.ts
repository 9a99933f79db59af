import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { comparedWith, recordedCalls, startLoad } from '../helpers/load.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print } from './figures.js';
import { readTrace, watchedCalls } from './sync-trace.js';

/** strace, making syncs fail that a thread does: `40+7` is its 40th and every seventh after. */
function failingSyncs(when: string, trace: string): string[] {
  return [
    ...['strace', '-f', '-s', '9000', '-o', trace, '-e', `trace=${watchedCalls}`],
    ...['-e', `inject=fsync,fdatasync:error=EIO:when=${when}`],
  ];
}

// The kernel tells of a failed sync once, and forgets what it could not write: nothing that was
// written before it may count.
describe('a sync that fails', () => {
  needPrograms('strace');

  test('is never answered 2xx, is told with its reason, and loses nothing that was', async () => {
    const trace = join(temporaryFolder(), 'trace');
    const listener = await spawnListener([], { through: failingSyncs('40+7', trace) });
    const load = startLoad(listener.url, { clients: 16, stubborn: true });
    await load.reached(2_000);
    await load.stop();
    process.kill(listener.listener, 'SIGTERM');
    const exit = await listener.ended;
    const seen = readTrace(readFileSync(trace, 'latin1'), load.acknowledged);
    const { lost, twice } = await comparedWith(listener.store, load.acknowledged);
    const recorded = (await recordedCalls(listener.store)).length;
    print('failed syncs', {
      ...seen,
      'refused calls': load.failures.length,
      lost,
      twice,
      'refused and yet recorded': recorded - load.acknowledged.size,
    });
    expect(seen.failedSyncs).toBeGreaterThan(10);
    expect(seen).toMatchObject({ answers: load.acknowledged.size, early: 0 });
    expect(new Set(load.failures)).toEqual(new Set(['503']));
    expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
    const said = listener.out() + listener.err();
    expect(said).toMatch(/could not be recorded: /);
    expect(said).not.toMatch(/^ +at /m);
    expect(exit).toBe(0);
  });

  test('from the first on ends the listener with a sentence', async () => {
    const trace = join(temporaryFolder(), 'trace');
    const through = failingSyncs('1+', trace);
    const store = join(temporaryFolder(), 'store');
    const { exit, err } = await runTool(
      ['listen', '--port', '0', '--no-inspect', '--store', store],
      { through },
    );
    expect(readTrace(readFileSync(trace, 'latin1'), new Set()).failedSyncs).toBeGreaterThan(0);
    expect(err).toMatch(/^error {2}Cannot store captures in .*: the disk failed\.\n/);
    expect(err.split('\n')).toHaveLength(4);
    expect(exit).toBe(3);
  });
});
