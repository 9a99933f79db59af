import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needPrograms } from './programs.js';
import { temporaryFolder } from './temporary-folder.js';

/** A clock for another process, its threads included, that can be moved while it runs. `offset` in ms. */
export function movableClock(offset = 0) {
  needPrograms('faketime');
  const file = join(temporaryFolder(), 'offset');
  const set = (offset: number) => {
    // In one step: it is read at every look at the clock.
    writeFileSync(`${file}.new`, `${offset < 0 ? '' : '+'}${offset / 1000}\n`);
    renameSync(`${file}.new`, file);
  };
  set(offset);
  const env = {
    LD_PRELOAD: fakeTimeLibrary(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // Only the time of day jumps on real machines: timers go by a clock that does not.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { env, set };
}

function fakeTimeLibrary(): string {
  for (const folder of readdirSync('/usr/lib')) {
    const library = join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1');
    if (existsSync(library)) return library;
  }
  throw new Error('libfaketime is missing: apt-get install faketime');
}
