import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from './process-identity.js';

/** What `processIdentities` asks of the system. */
interface System {
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** Whether this process's namespace has a process of that number. */
  readonly processLives: (pid: number) => boolean;
  /** Where Linux tells of processes. */
  readonly proc?: string;
}

export interface ProcessIdentities {
  /** This process. */
  readonly own: ProcessIdentity;
  /** Whether a process is known to have ended. That of a process elsewhere is not known from here. */
  hasEnded(process: ProcessIdentity): boolean;
}

/** Platforms without PID namespaces. */
const oneNamespace: ReadonlySet<NodeJS.Platform> = new Set(['darwin', 'win32']);

export function processIdentities({
  platform,
  pid,
  processLives,
  proc = '/proc',
}: System): ProcessIdentities {
  const linux = platform === 'linux';
  const read = (name: string) =>
    linux ? tryRead(() => readFileSync(`${proc}/${name}`, 'latin1')) : '';
  const link = (name: string) => (linux ? tryRead(() => readlinkSync(`${proc}/${name}`)) : '');

  const boot = read('sys/kernel/random/boot_id').trim();
  const own: ProcessIdentity = {
    pid,
    started: readStat(read('self/stat')).started,
    host: hostname(),
    boot,
    namespace: link('self/ns/pid'),
    clock: boot && `${boot} ${link('self/ns/time')}`,
  };
  // Where /proc is that of another namespace, its numbers are those of other processes.
  const procIsOwn = link('self') === String(pid);

  return {
    own,
    hasEnded(other) {
      if (other.host !== own.host || other.boot !== own.boot) return false;
      if (other.namespace !== own.namespace) return false;
      if (own.boot === '' || own.namespace === '') {
        return oneNamespace.has(platform) && !processLives(other.pid);
      }
      if (!processLives(other.pid)) return true;
      if (!procIsOwn || other.started === '') return false;
      const { state, started } = readStat(read(`${other.pid}/stat`));
      // A process that was killed stays as a zombie until its parent asks for its end.
      return state === 'Z' || state === 'X' || (started !== '' && started !== other.started);
    },
  };
}

/** The program's name stands in brackets and may hold brackets and blanks. */
function readStat(text: string): { readonly state: string; readonly started: string } {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
