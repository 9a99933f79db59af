import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.js';

const preload = fileURLToPath(new URL('./shifted-clock.cjs', import.meta.url));

/** A clock for processes of the tool that goes wrong by this much, and can be set while they run. */
export function shiftedClock(initialMs = 0) {
  const file = join(temporaryFolder(), 'offset');
  const set = (ms: number) => {
    // In one step: it is read all the time.
    writeFileSync(`${file}.new`, `${ms}`);
    renameSync(`${file}.new`, file);
  };
  set(initialMs);
  return {
    env: { ...process.env, NODE_OPTIONS: `--require ${preload}`, SHIFTED_CLOCK: file },
    set,
  };
}
