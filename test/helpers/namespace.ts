import { spawnSync } from 'node:child_process';
import { TestRunner } from 'vitest';
import type { ChildOptions } from './process.js';
import { needPrograms } from './programs.js';

/**
 * Starts the tool in a PID namespace of its own, as a container does. Skips the test where this user may
 * not make one.
 */
export function inNamespace(): ChildOptions {
  const [unshare] = needPrograms('unshare');
  const through = [unshare, '--pid', '--fork', '--mount-proc', '--kill-child'];
  if (spawnSync(unshare, [...through.slice(1), 'true']).status !== 0) {
    TestRunner.getCurrentTest()?.context.skip('this user may not make PID namespaces');
  }
  return { through };
}
