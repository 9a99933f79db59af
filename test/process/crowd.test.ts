import { describe, test } from 'vitest';
import { expectPromisesKept, runCrowd, seed, surroundings } from '../helpers/crowd.js';
import { needPrograms } from '../helpers/programs.js';

const short = { seed, steps: 6, maxPauseMs: 500, limits: [150, 200, 400] };
const timeout = 120_000;

describe(`listeners, workers, prunes, imports and readers on one store (NETCORE_HOOK_SEED=${seed})`, () => {
  test('lose nothing and keep what the limits say', { timeout }, async () => {
    expectPromisesKept(await runCrowd({ ...short, surroundings: [[]] }), 150);
  });

  test('do so in PID namespaces of their own and with other clocks, too', { timeout }, async () => {
    needPrograms('unshare', 'faketime');
    expectPromisesKept(await runCrowd({ ...short, surroundings }), 150);
  });
});
