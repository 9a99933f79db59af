import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));

/** Runs a command of `history` on a store, and returns what it printed. */
export function runHistory(store, words) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [binary, 'history', ...words, '--store', store],
    { encoding: 'utf8', maxBuffer: 1e9 },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The milliseconds that `act` takes. */
export function time(act) {
  const begun = performance.now();
  act();
  return performance.now() - begun;
}
