import type { ChildOptions } from './process.js';
import { namespaceFlags, needPrograms } from './programs.js';

/** Starts the tool in a PID namespace of its own. Skips the test where this user may not make one. */
export function inNamespace(): ChildOptions {
  const [unshare] = needPrograms('unshare');
  return { through: [unshare, ...namespaceFlags] };
}
