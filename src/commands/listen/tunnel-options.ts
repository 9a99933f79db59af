import { networkInterfaces } from 'node:os';
import { type AddressTest, peerAddress } from '../../call/addresses.js';
import type { CommandContext } from '../../cli/command.js';
import { problem } from '../../problems/problem.js';
import type { ReceiverObserver } from '../../receiver/call-handling.js';
import { findProgram } from '../../tunnel/find-program.js';
import type { TunnelProgramName } from '../../tunnel/program.js';
import { Proof } from '../../tunnel/proof.js';
import { readSshTarget, type SshTarget } from '../../tunnel/ssh-target.js';

/** The requested public address of a listener. */
export interface ListenTunnel {
  readonly by: TunnelProgramName;
  /** The program's path. */
  readonly file: string;
  /** The ssh server; undefined: Cloudflare. */
  readonly target: SshTarget | undefined;
  /** Adds cloudflared to the trusted proxies, since it always names the client. */
  trusting(trusted: AddressTest | undefined): AddressTest | undefined;
  /** Probes whether the address leads here. */
  readonly proof: Proof;
}

/** Resolves `--tunnel`. Rejects combinations that would admit everyone or no one. */
export async function readTunnel(
  typed: string | true | undefined,
  { host }: CommandContext,
  guard: { readonly auth: boolean; readonly allowed: AddressTest | undefined },
): Promise<ListenTunnel | undefined> {
  if (typed === undefined) return undefined;
  const target = typed === true ? undefined : readSshTarget(typed);
  if (!guard.auth) throw problem('tunnel_needs_auth', {});
  if (target && guard.allowed) throw problem('tunnel_hides_clients', {});
  const by = target ? 'ssh' : 'cloudflared';
  const file = await findProgram(by, host);
  if (file === undefined) {
    throw problem('tunnel_program_missing', { program: by, platform: host.platform });
  }
  return {
    by,
    file,
    target,
    trusting: (trusted) => {
      if (target) return trusted;
      const own = ownAddresses();
      return (address) => own.has(address) || trusted?.(address) === true;
    },
    proof: new Proof(host),
  };
}

/** cloudflared connects from this machine, whichever address the listener has. */
function ownAddresses(): ReadonlySet<string> {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set(['127.0.0.1', '::1', ...interfaces.map(({ address }) => peerAddress(address))]);
}

/** Hides the tunnel's probes from an observer. */
export function hidingProbes(
  observer: ReceiverObserver,
  tunnel: ListenTunnel | undefined,
): ReceiverObserver {
  if (!tunnel) return observer;
  return {
    captured: (capture) => observer.captured(capture),
    refused: (refusal) => {
      if (!tunnel.proof.sees(refusal.target)) observer.refused(refusal);
    },
    failed: (error) => observer.failed(error),
  };
}
