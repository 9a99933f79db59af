import { test } from 'vitest';
import { expectPromisesKept, runCrowd, seed, surroundings } from '../helpers/crowd.js';
import { needPrograms } from '../helpers/programs.js';
import { print } from './figures.js';

test.each([0, 1, 2])(
  `run ${'%d'} of several processes on one store keeps every promise (NETCORE_HOOK_SEED=${seed})`,
  async (run) => {
    needPrograms('unshare', 'faketime');
    const report = await runCrowd({
      seed: seed + run,
      steps: 60,
      surroundings,
      // The last run pauses processes for longer than their lease.
      maxPauseMs: run === 2 ? 60_000 : 5_000,
      limits: [500, 800, 2_000],
    });
    print('several processes on one store', {
      seed: seed + run,
      steps: report.steps.length,
      acknowledged: report.acknowledged,
      undelivered: report.undelivered.length,
      'delivered twice': report.repeats.calls,
      unexplained: report.repeats.unexplained.length,
      kept: report.keptIds.length,
    });
    expectPromisesKept(report, 500);
  },
);
