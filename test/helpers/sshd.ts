import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isProcessAlive } from './process-lives.js';
import { needPrograms } from './programs.js';
import { nobodyThere } from './servers.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** A real sshd on loopback, until the test is over, and an ssh on the PATH that knows it. */
export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** The environment to run a listener in: there, `hooks-server` is a name for this sshd. */
  readonly env: Record<string, string>;
  /** The processes of ssh that hold a connection to it. */
  clients(): readonly number[];
}

export async function startSshd(settings: readonly string[] = []): Promise<Sshd> {
  const [sshd, ssh, sshKeygen] = needPrograms('sshd', 'ssh', 'ssh-keygen');
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  const port = Number((await nobodyThere()).port);
  const user = userInfo().username;
  for (const name of ['host_key', 'id']) {
    execFileSync(sshKeygen, ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  }
  writeFileSync(file('authorized_keys'), readFileSync(file('id.pub')), { mode: 0o600 });
  writeFileSync(
    file('known_hosts'),
    `[127.0.0.1]:${port} ${readFileSync(file('host_key.pub'), 'utf8')}`,
  );
  writeFileSync(
    file('sshd_config'),
    [
      ...settings,
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${file('host_key')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PidFile none',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
    ].join('\n'),
  );
  writeFileSync(
    file('config'),
    [
      'Host hooks-server',
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      'Host *',
      `  IdentityFile ${file('id')}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${file('known_hosts')}`,
    ].join('\n'),
  );
  writeFileSync(
    file('ssh'),
    `#!/bin/sh\necho $$ >>${file('pids')}\nexec ${ssh} -F ${file('config')} "$@"\n`,
  );
  chmodSync(file('ssh'), 0o755);
  // As root, sshd insists on it; a package that was installed without an init has not made it.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });

  const child = spawn(sshd, ['-D', '-e', '-f', file('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await until(() => {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    return said.includes('Server listening on');
  }, 'a listening sshd');
  return {
    port,
    user,
    env: { PATH: `${folder}${delimiter}${process.env.PATH}` },
    clients: () => {
      const pids = existsSync(file('pids')) ? readFileSync(file('pids'), 'utf8') : '';
      return pids.split('\n').filter(Boolean).map(Number).filter(isProcessAlive);
    },
  };
}
