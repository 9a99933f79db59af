import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { hostilePieces } from '../helpers/pastes.js';

/** In MB. Node ends a process whose objects need more. */
const maxMemory = 140;

// The steps that these take are counted in test/payload/paste/effort.test.ts. Here a slow machine
// may take as long as it likes: the time limit only ends a process that hangs.
test.each(hostilePieces)(
  'ten megabytes of %s are refused within bounded memory',
  { timeout: 600_000 },
  (_, piece) => {
    const words = [`--max-old-space-size=${maxMemory}`, 'bin/netcore-hook.js', 'decode', '-'];
    const input = piece.repeat(10_000_000 / Buffer.byteLength(piece));
    const { status, signal } = spawnSync(process.execPath, words, { input });
    expect({ status, signal }).toEqual({ status: 1, signal: null });
  },
);
