import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectLinear } from '../helpers/paste-steps.js';
import { hostilePieces, recipe } from '../helpers/pastes.js';

test('the steps of reading a paste grow as its length does, whatever is repeated in it', () => {
  fc.assert(
    fc.property(recipe, fc.boolean(), (one, repair) => expectLinear(one, repair)),
    { numRuns: 10_000 },
  );
});

/** In MB. Node ends a process whose objects need more. */
const maxMemory = 140;

// The steps that these take are counted in test/payload/paste/effort.test.ts. Here a slow machine
// may take as long as it likes: the time limit only ends a process that hangs.
test.each(hostilePieces)('ten megabytes of %s are refused within bounded memory', (_, piece) => {
  const words = [`--max-old-space-size=${maxMemory}`, 'bin/netcore-hook.js', 'decode', '-'];
  const input = piece.repeat(10_000_000 / Buffer.byteLength(piece));
  const { status, signal } = spawnSync(process.execPath, words, { input });
  expect({ status, signal }).toEqual({ status: 1, signal: null });
});
