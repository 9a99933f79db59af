import { test } from 'vitest';
import { clocks, expectPromisesKept, runCrowd, seed } from '../helpers/crowd.js';

test(`processes on one store at random lose nothing, deliver nothing twice and keep what the smallest limit says (NETCORE_HOOK_SEED=${seed})`, {
  timeout: 180_000,
}, async () => {
  const report = await runCrowd({
    seed,
    steps: 5,
    surroundings: clocks(),
    forwardTimeout: '30s',
    maxPauseMs: 500,
    limits: [150, 200, 400],
  });
  expectPromisesKept(report, 150);
});
