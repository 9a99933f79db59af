import { readFileSync } from 'node:fs';
import type { ChildOptions } from './process.js';
import { namespaceFlags, needPrograms } from './programs.js';

/** Starts the tool in a PID namespace of its own. Skips the test where this user may not make one. */
export function inNamespace(): ChildOptions {
  const [unshare] = needPrograms('unshare');
  return { through: [unshare, ...namespaceFlags] };
}

/** The process that `unshare` has started, seen from outside; undefined: it has ended. */
export function startedBy(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return child ? Number(child) : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the tool as a user that the system does not know, and who has no home folder. */
export function asUnknownUser(): ChildOptions {
  const [unshare] = needPrograms('unshare');
  const { HOME: _, ...env } = process.env;
  return { through: [unshare, '--user', '--map-user=54321'], env };
}
