import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from './process-identity.js';

interface System {
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** Whether this process's namespace has a process with that number. */
  readonly isProcessAlive: (pid: number) => boolean;
  /** Default: `/proc`. */
  readonly proc?: string;
}

export interface ProcessIdentities {
  readonly own: ProcessIdentity;
  /**
   * Whether a process is known to have ended. Unknown for processes of other hosts or namespaces.
   */
  hasEnded(process: ProcessIdentity): boolean;
}

/** Platforms without PID namespaces. */
const oneNamespace: ReadonlySet<NodeJS.Platform> = new Set(['darwin', 'win32']);

export function processIdentities({
  platform,
  pid,
  isProcessAlive,
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
  // A /proc of another namespace has the numbers of other processes.
  const procIsOwn = link('self') === String(pid);

  return {
    own,
    hasEnded(other) {
      if (other.host !== own.host || other.boot !== own.boot) return false;
      if (other.namespace !== own.namespace) return false;
      if (own.boot === '' || own.namespace === '') {
        return oneNamespace.has(platform) && !isProcessAlive(other.pid);
      }
      if (!isProcessAlive(other.pid)) return true;
      if (!procIsOwn || other.started === '') return false;
      const { state, started } = readStat(read(`${other.pid}/stat`));
      // A killed process stays a zombie until its parent waits for it.
      return state === 'Z' || state === 'X' || (started !== '' && started !== other.started);
    },
  };
}

/** The program's name is in parentheses and may itself hold parentheses and blanks. */
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
