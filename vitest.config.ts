import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/build-once.ts'],
    // Beside its summary, why tests were skipped.
    reporters: ['default', './test/helpers/skip-reporter.ts'],
    // Colour and prompts must come from what a test asks for, not from who runs it.
    env: { NO_COLOR: '', FORCE_COLOR: '' },
    // Two browsers at a time on two slow cores take this long for a page that one opens in seconds.
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
    // Most tests wait for servers and programs: on two cores two at a time take half as long as one.
    maxWorkers: 2,
  },
});
