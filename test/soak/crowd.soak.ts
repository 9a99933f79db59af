import { test } from 'vitest';
import { clocksAndNamespaces, expectPromisesKept, runCrowd, seed } from '../helpers/crowd.js';
import { print } from './figures.js';

test.each([0, 1, 2])(
  `run ${'%d'} of several processes on one store keeps every promise (NETCORE_HOOK_SEED=${seed})`,
  async (run) => {
    const report = await runCrowd({
      seed: seed + run,
      steps: 60,
      surroundings: clocksAndNamespaces(),
      forwardTimeout: '2s',
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
      'of these after a pause': report.repeatsByPauses,
      unexplained: report.repeats.unexplained.length,
      kept: report.keptIds.length,
    });
    expectPromisesKept(report, 500);
  },
);
