import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The entry point of version 0.1.0 as it was packed, without its types and pages. It is unpacked
 * below `node_modules`, where it finds the libraries of this checkout.
 */
export function releasedProgram(): string {
  const name = 'netcore-hook-0.1.0';
  const cache = join(root, 'node_modules', '.cache');
  const folder = join(cache, name);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const fresh = mkdtempSync(join(cache, 'unpack-'));
    const packed = join(root, 'test', 'fixtures', 'released', `${name}.tar.gz`);
    execFileSync('tar', ['-xzf', packed, '-C', fresh]);
    try {
      renameSync(join(fresh, 'package'), folder);
    } catch (error) {
      // Another test process may have been quicker.
      if (!existsSync(folder)) throw error;
    }
    rmSync(fresh, { recursive: true, force: true });
  }
  return join(folder, 'bin', 'netcore-hook.js');
}
