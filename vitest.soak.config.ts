import { defineConfig } from 'vitest/config';

// Long proofs with the built binary, one after the other: `npm run soak`.
export default defineConfig({
  test: {
    include: ['test/soak/**/*.soak.ts'],
    globalSetup: ['test/helpers/build-once.ts'],
    reporters: ['verbose'],
    fileParallelism: false,
    testTimeout: 900_000,
  },
});
