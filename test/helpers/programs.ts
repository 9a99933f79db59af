import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, TestRunner } from 'vitest';

interface Program {
  /** The Debian package that holds it, or several with spaces between them. */
  readonly package: string;
  /** Its file names, if not its own name. The first one counts, of Debian's and the others on the PATH. */
  readonly files?: readonly string[];
  /** Arguments with which it exits 0 only where the test can use it. */
  readonly check?: readonly string[];
}

/** With these, unshare starts a program in a PID namespace of its own, as a container does, without root. */
export const namespaceFlags: readonly string[] = [
  '--user',
  '--map-root-user',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
];

/** The programs beyond Node, npm, tar and a POSIX shell that `npm test` and `npm run soak:programs` run. */
export const programs = {
  bash: { package: 'bash' },
  cc: { package: 'gcc libc6-dev' },
  chromium: {
    package: 'chromium-headless-shell',
    // The first one, without the windows of the others, opens a page in a third of the time.
    files: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'],
  },
  curl: { package: 'curl' },
  django: { package: 'python3-django', files: ['python3'], check: ['-c', 'import django'] },
  fastapi: { package: 'python3-fastapi', files: ['python3'], check: findsModule('fastapi') },
  fish: { package: 'fish' },
  flask: { package: 'python3-flask', files: ['python3'], check: ['-c', 'import flask'] },
  go: { package: 'golang-go' },
  hexdump: { package: 'bsdextrautils' },
  nginx: { package: 'nginx' },
  pdo_sqlite: {
    package: 'php-sqlite3',
    files: ['php'],
    check: ['-r', 'exit((int) !extension_loaded("pdo_sqlite"));'],
  },
  php: { package: 'php-cli' },
  promtool: { package: 'prometheus' },
  python3: { package: 'python3' },
  'redis-server': { package: 'redis-server' },
  ssh: { package: 'openssh-client' },
  'ssh-keygen': { package: 'openssh-client' },
  sshd: { package: 'openssh-server' },
  unshare: {
    package: 'util-linux',
    check: [...namespaceFlags, 'true'],
  },
  uvicorn: { package: 'python3-uvicorn', files: ['python3'], check: findsModule('uvicorn') },
  xxd: { package: 'xxd' },
  zsh: { package: 'zsh' },
} as const satisfies Readonly<Record<string, Program>>;

/** What `npm run soak` runs besides. */
const soakPrograms = {
  slowhttptest: { package: 'slowhttptest' },
  strace: { package: 'strace' },
} as const satisfies Readonly<Record<string, Program>>;

type ProgramName = keyof typeof programs | keyof typeof soakPrograms;

const known: Readonly<Record<ProgramName, Program>> = { ...programs, ...soakPrograms };

/** Python can tell that a module is there without the time that importing it takes. */
function findsModule(name: string): readonly string[] {
  return ['-c', `import importlib.util as u; assert u.find_spec("${name}")`];
}

/** Debian keeps servers like sshd here, outside the PATH of ordinary users. */
const serverFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const found = new Map<ProgramName, string | undefined>();

/**
 * Returns the paths of these programs. If one is missing, the test is skipped with a reason that names it,
 * or fails with that reason when NETCORE_HOOK_TEST_ALL is 1. Call it in a test or a `beforeEach` hook, or
 * outside tests for all tests of the file or the `describe` block.
 */
export function needPrograms<Names extends readonly ProgramName[]>(
  ...names: Names
): { readonly [Index in keyof Names]: string } {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) refuse(missing);
  return names.map((name) => findProgram(name) ?? name) as { [Index in keyof Names]: string };
}

/** Looks for the program on the PATH, first where Debian has it, and in the folders of servers. */
function findProgram(name: ProgramName): string | undefined {
  if (!found.has(name)) found.set(name, lookUp(name));
  return found.get(name);
}

function lookUp(name: ProgramName): string | undefined {
  const { files = [name], check } = known[name];
  const path = (process.env.PATH ?? '').split(delimiter);
  // Another Python may have other versions of the modules.
  const folders = [...path.filter((folder) => folder === '/usr/bin'), ...path, ...serverFolders];
  return folders
    .flatMap((folder) => files.map((file) => join(folder, file)))
    .find((path) => isProgram(path) && (!check || spawnSync(path, check).status === 0));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function refuse(missing: readonly ProgramName[]): void {
  const packages = new Set(missing.map((name) => known[name].package));
  const subject = `${new Intl.ListFormat('en-GB').format(missing)} ${missing.length > 1 ? 'are' : 'is'}`;
  const reason = `${subject} missing (Debian: apt-get install ${[...packages].join(' ')})`;
  const mandatory = process.env.NETCORE_HOOK_TEST_ALL === '1';
  const test = TestRunner.getCurrentTest();
  if (!test) {
    beforeEach((context) => {
      if (mandatory) throw new Error(reason);
      context.skip(reason);
    });
  } else {
    if (mandatory) throw new Error(reason);
    test.context.skip(reason);
  }
}
