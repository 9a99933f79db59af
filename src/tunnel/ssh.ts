import { execFile } from 'node:child_process';
import { hostOf, type TunnelEnd, type TunnelProgram } from './program.js';
import type { SshTarget } from './ssh-target.js';

/** How often another start asks for the port that the one before had: then any will do. */
const startsOnSamePort = 5;
/** How long it may take to read its configuration, in milliseconds: that can run commands. */
const resolveTime = 3_000;

/**
 * A reverse tunnel: the server listens on a port for this machine. Asks nothing and uses no
 * connection of others (its end would not be ours). `publicHost`: what to reach the server by.
 */
export function ssh(
  file: string,
  target: SshTarget,
  publicHost: string,
  end: TunnelEnd,
): TunnelProgram {
  const scheme = end.secure ? 'https' : 'http';
  const name = publicHost.includes(':') ? `[${publicHost}]` : publicHost;
  const originAt = (port: number) => new URL(`${scheme}://${name}:${port}`);
  let allocated: number | undefined;
  return {
    name: 'ssh',
    file,
    patience: 15_000,
    advice: `sshd on ${publicHost} must let others use forwarded ports (GatewayPorts clientspecified in its sshd_config), and its firewall must let them in.`,
    plan: (start) => {
      const wanted = target.remotePort ?? (start < startsOnSamePort ? allocated : undefined);
      return {
        args: [
          // No command, no terminal, nothing else that the configuration may ask for.
          ...['-N', '-T', '-a', '-x'],
          ...options({
            BatchMode: 'yes',
            ExitOnForwardFailure: 'yes',
            ServerAliveInterval: '15',
            ServerAliveCountMax: '3',
            ConnectTimeout: '15',
            ControlMaster: 'no',
            ControlPath: 'none',
            PermitLocalCommand: 'no',
            LogLevel: 'INFO',
          }),
          ...(target.port === undefined ? [] : ['-p', String(target.port)]),
          '-R',
          `*:${wanted ?? 0}:${hostOf(end)}:${end.port}`,
          '--',
          destination(target),
        ],
        origin: wanted === undefined ? undefined : originAt(wanted),
        tellsConnection: false,
        read: (line) => {
          const [, port] = /^Allocated port (\d+) for remote forward/.exec(line) ?? [];
          if (port === undefined) return undefined;
          allocated = Number(port);
          return { kind: 'origin', origin: originAt(allocated) };
        },
      };
    },
  };
}

function options(all: Readonly<Record<string, string>>): string[] {
  return Object.entries(all).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function destination({ user, host }: SshTarget): string {
  return user === undefined ? host : `${user}@${host}`;
}

/** The host that ssh's own configuration means by a name; the name itself when ssh cannot tell. */
export function resolveSshHost(
  file: string,
  target: SshTarget,
  env: NodeJS.ProcessEnv,
  timeout = resolveTime,
): Promise<string> {
  return new Promise((resolve) => {
    const args = ['-G', '--', destination(target)];
    const limits = { timeout, killSignal: 'SIGKILL', windowsHide: true } as const;
    execFile(file, args, { env, ...limits }, (error, stdout) => {
      const [, host] = /^hostname (\S+)$/m.exec(error ? '' : stdout) ?? [];
      resolve(host ?? target.host);
    });
  });
}
