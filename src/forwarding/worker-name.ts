import type { Host } from '../host.js';

/**
 * A name for a worker of a store, another one for each. Version 0.1.0 takes what stands behind the @
 * for the name of a machine, and looks for the process when it is its own: that would be wrong in
 * another PID namespace.
 */
export function workerName({ pid, process, randomBytes }: Host): string {
  return `${pid}.${Buffer.from(randomBytes(6)).toString('hex')}@lease:${process.host}`;
}
