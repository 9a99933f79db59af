import { isIP } from 'node:net';
import { problem } from '../problems/problem.js';

/** A server that opens a port for this machine, as typed: `ssh:user@host:22/8080`. */
export interface SshTarget {
  /** Undefined: ssh's own configuration says. */
  readonly user: string | undefined;
  /** A name, an address, or a name of ssh's own configuration. IPv6 without brackets. */
  readonly host: string;
  /** Of its sshd; undefined: ssh's own configuration says. */
  readonly port: number | undefined;
  /** The port that it opens; undefined: one that it chooses. */
  readonly remotePort: number | undefined;
}

const pattern =
  /^ssh:(?:(?<user>[^\s@:/-][^\s@:/]*)@)?(?:\[(?<six>[^\]]*)\]|(?<host>[^\s@:/[\]-][^\s@:/[\]]*))(?::(?<port>\d{1,5}))?(?:\/(?<remote>\d{1,5}))?$/;

/** Reads what `--tunnel` was given. Whatever ssh could take for an option of its own is refused. */
export function readSshTarget(typed: string): SshTarget {
  const { user, six, host, port, remote } = pattern.exec(typed)?.groups ?? {};
  const name = six ?? host;
  if (name === undefined || (six !== undefined && isIP(six) !== 6)) {
    throw invalid(typed, 'it contains no ssh server');
  }
  return {
    user,
    host: name,
    port: readPort(port, typed),
    remotePort: readPort(remote, typed),
  };
}

function readPort(text: string | undefined, typed: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (port >= 1 && port <= 65_535) return port;
  throw invalid(typed, `${text} is no port`);
}

function invalid(value: string, reason: string) {
  return problem('invalid_value', {
    what: '--tunnel',
    value,
    reason,
    hint: 'Leave it empty for cloudflared, or pass ssh:user@host, ssh:user@host:22 or ssh:user@host/8080 (the remote port).',
  });
}
