import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';
import { openDatabase } from './database.js';

/** How the program that probes ends: it got a lock that this process holds, or it did not. */
export const probeExits = { granted: 10, refused: 11 } as const;

const program = new URL('dist/store-lock-probe.cjs', packageRoot);

/**
 * Whether files in a folder can be locked: on some network mounts every process is granted every
 * lock, and two that write to one store damage it. A lock holds between processes only, so another
 * one tries to get it. What cannot be found out counts as yes.
 */
export async function locksWork(folder: string, host: Host): Promise<boolean> {
  const path = join(folder, `lock-probe-${Buffer.from(host.randomBytes(6)).toString('hex')}`);
  closeSync(openSync(path, 'wx', 0o600));
  try {
    const database = openDatabase(path);
    try {
      database.execute('begin exclusive');
      return (await host.runScript(program, [path])) !== probeExits.granted;
    } finally {
      database.close();
    }
  } finally {
    for (const end of ['', '-journal']) rmSync(path + end, { force: true });
  }
}
