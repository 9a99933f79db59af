import { execFile } from 'node:child_process';
import { hostOf, type TunnelEnd, type TunnelProgram } from './program.js';
import type { SshTarget } from './ssh-target.js';

/** How many restarts request the previous port, before any port is accepted. */
const startsOnSamePort = 5;
/** For ssh to read its configuration, which can run commands. */
const resolveTimeoutMs = 3_000;

/**
 * A reverse tunnel: the server listens on a port for this machine. Never prompts, and shares no
 * connection, whose end it could not control. `publicHost`: the server's public name.
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
    graceMs: 15_000,
    advice: `sshd on ${publicHost} must let others use forwarded ports (GatewayPorts clientspecified in its sshd_config), and its firewall must let them in.`,
    plan: (start) => {
      const wanted = target.remotePort ?? (start < startsOnSamePort ? allocated : undefined);
      return {
        args: [
          // Disable commands, terminals and anything else the configuration may request.
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
        announcesConnection: false,
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

/** Resolves an alias of ssh's configuration; returns the name itself when ssh fails. */
export function resolveSshHost(
  file: string,
  target: SshTarget,
  env: NodeJS.ProcessEnv,
  timeout = resolveTimeoutMs,
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
