import { isIP } from 'node:net';
import { problem } from '../problems/problem.js';

/** A server that opens a port for this machine: `ssh:user@host:22/8080`. */
export interface SshTarget {
  /** Undefined: from ssh's configuration. */
  readonly user: string | undefined;
  /** A name, an address or an alias of ssh's configuration. IPv6 without brackets. */
  readonly host: string;
  /** The port of its sshd; undefined: from ssh's configuration. */
  readonly port: number | undefined;
  /** The port it opens; undefined: the server chooses. */
  readonly remotePort: number | undefined;
}

const pattern =
  /^ssh:(?:(?<user>[^\s@:/-][^\s@:/]*)@)?(?:\[(?<six>[^\]]*)\]|(?<host>[^\s@:/[\]-][^\s@:/[\]]*))(?::(?<port>\d{1,5}))?(?:\/(?<remote>\d{1,5}))?$/;

/** Parses the value of `--tunnel`. Rejects anything that ssh could take for an option. */
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
  throw invalid(typed, `${text} is not a valid port`);
}

function invalid(value: string, reason: string) {
  return problem('invalid_value', {
    what: '--tunnel',
    value,
    reason,
    hint: 'Leave it empty for cloudflared, or pass ssh:user@host, ssh:user@host:22 or ssh:user@host/8080 (the remote port).',
  });
}
