import type { Host } from '../../host.js';

/**
 * A name for a worker of a store that tells those who share the store whether it still lives.
 * `machine` is the name of this machine or container.
 */
export function workerName({ pid, randomBytes }: Host, machine: string): string {
  return `${pid}.${Buffer.from(randomBytes(6)).toString('hex')}@${machine}`;
}

/**
 * Whether another worker may still live, as seen by the worker `own` of this process. Processes of
 * another machine or container cannot be seen from here: they live until they are not heard of.
 */
export function mayLive(worker: string, own: string, host: Host): boolean {
  if (machineOf(worker) !== machineOf(own)) return true;
  const pid = Number.parseInt(worker, 10);
  // In a container that was started again, processes have the same numbers as before.
  return pid !== host.pid && host.processLives(pid);
}

function machineOf(worker: string): string {
  return worker.slice(worker.indexOf('@') + 1);
}
