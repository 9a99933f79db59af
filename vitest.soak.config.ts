import { defineConfig } from 'vitest/config';

// Long proofs with the built binary, one after the other: `npm run soak`.
export default defineConfig({
  test: {
    include: ['test/soak/**/*.soak.ts'],
    // A proof that cannot be made fails.
    env: { NETCORE_HOOK_TEST_ALL: '1' },
    globalSetup: ['test/helpers/build-once.ts'],
    reporters: ['verbose'],
    fileParallelism: false,
    testTimeout: 900_000,
  },
});
