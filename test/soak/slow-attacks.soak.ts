import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { percentile, startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';

describe('slowhttptest', () => {
  needPrograms('slowhttptest');

  test.each([
    { mode: 'slow headers', words: ['-H', '-i', '5', '-x', '24', '-t', 'POST'] },
    { mode: 'slow bodies', words: ['-B', '-i', '5', '-s', '8192', '-x', '10'] },
    {
      mode: 'slow reads',
      words: ['-X', '-w', '10', '-y', '20', '-n', '5', '-z', '32', '-k', '10'],
    },
  ])('finds the service available throughout with $mode', async ({ mode, words }) => {
    const listener = await spawnListener();
    const load = startLoad(listener.url, { clients: 1 });
    const seconds = await attack(listener.url, words);
    await load.stop();
    const away = seconds.filter(({ available }) => !available).length;
    const p99 = rounded(percentile(load.latencies, 0.99));
    print(`slowhttptest, ${mode}`, {
      seconds: seconds.length,
      'seconds unavailable': away,
      'most connected': Math.max(...seconds.map(({ connected }) => connected)),
      'calls of a good client': load.latencies.length,
      'p99 ms': p99,
      failures: load.failures.length,
    });
    expect(seconds.length).toBeGreaterThan(10);
    expect(Math.max(...seconds.map(({ connected }) => connected))).toBeGreaterThan(100);
    expect(away).toBe(0);
    expect(load.failures).toEqual([]);
    expect(p99).toBeLessThan(100);
  });
});

interface Second {
  readonly connected: number;
  readonly available: boolean;
}

/** Attacks with a thousand connections, and resolves to what slowhttptest saw in each second. */
async function attack(url: string, words: readonly string[]): Promise<Second[]> {
  const prefix = join(temporaryFolder(), 'statistics');
  const attacker = spawn(
    'slowhttptest',
    [...words, '-c', '1000', '-r', '250', '-l', '30', '-p', '2', '-u', url, '-g', '-o', prefix],
    { stdio: 'ignore' },
  );
  await new Promise((resolve) => attacker.once('exit', resolve));
  const [heading = '', ...rows] = readFileSync(`${prefix}.csv`, 'utf8').trim().split('\n');
  const names = heading.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    const cell = (name: string) => Number(cells[names.indexOf(name)]);
    return { connected: cell('Connected'), available: cell('Service Available') > 0 };
  });
}
