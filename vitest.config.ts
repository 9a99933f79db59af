import { defineConfig } from 'vitest/config';

/** Proofs with browsers, frameworks, servers and whole processes, most of which take longer than 20 s a file. */
const programs = [
  'test/browser/**/*.test.ts',
  'test/commands/metrics.test.ts',
  'test/contract/queue.test.ts',
  'test/process/**/*.test.ts',
  'test/readiness/frameworks.test.ts',
  'test/starters/run.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/build-once.ts'],
    // Beside its summary, why tests were skipped.
    reporters: ['default', './test/helpers/skip-reporter.ts'],
    // Colour and prompts must come from what a test asks for, not from who runs it.
    env: { NO_COLOR: '', FORCE_COLOR: '' },
    // Two browsers at a time on two slow cores take this long for a page that one opens in seconds.
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
    projects: [
      // `npm test`. Its files share what they import: to load it for each took a quarter of the time.
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: programs,
          isolate: false,
          // Most tests wait for threads and servers: two at a time leave half of two cores idle.
          maxWorkers: 4,
        },
      },
      // `npm run soak:programs`
      { extends: true, test: { name: 'programs', include: programs, maxWorkers: 2 } },
    ],
  },
});
