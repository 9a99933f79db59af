import { realClock } from '../../call/clock.js';
import { createSender } from '../../call/send.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { ReadyNotice, TunnelNotice } from '../../output/notice.js';
import { cloudflared } from '../../tunnel/cloudflared.js';
import { childEnvironment } from '../../tunnel/guarded-child.js';
import type { TunnelEnd, TunnelProgram } from '../../tunnel/program.js';
import { resolveSshHost, ssh } from '../../tunnel/ssh.js';
import { Tunnel } from '../../tunnel/tunnel.js';
import type { Logins } from './logins.js';
import type { ListenTunnel } from './tunnel-options.js';
import type { ListenNotice } from './view.js';

const probeTimeoutMs = 10_000;

const tlsAdvice = 'Netcore may reject it too, and waiting does not help.';

export interface TunnelWork {
  readonly tunnel: ListenTunnel;
  /** The listener's address. */
  readonly end: TunnelEnd;
  /** The only path that it serves. */
  readonly path: string | undefined;
  readonly logins: Pick<Logins, 'users' | 'generated'>;
  readonly context: CommandContext;
  readonly emit: Emit<ListenNotice>;
  /** Called after each successful proof of an address. */
  readonly opened: (known: Pick<ReadyNotice, 'tunnel'>) => Promise<void>;
}

/** A public address that leads to a listener until it is closed. */
export interface OpenTunnel {
  /** Rejects with a problem when the tunnel fails; never resolves. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Starts to open a public address, and emits its state as `tunnel` notices. */
export async function openTunnel(work: TunnelWork): Promise<OpenTunnel> {
  const { host } = work.context;
  const program = await programOf(work);
  const sender = createSender({ timeout: probeTimeoutMs, connections: 1, insecure: false });
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Unhandled when the listener has stopped meanwhile.
  failed.catch(() => {});
  if (program.name === 'ssh' && !work.end.secure) {
    work.emit({
      type: 'warning',
      code: 'tunnel_plain',
      message:
        'Calls through the tunnel are not encrypted: others on the network can read the password and the events. Encrypt them up to this machine with --tls-cert and --tls-key.',
    });
  }
  const emitState = stateEmitter(work, program);
  const tunnel = new Tunnel({
    program,
    host,
    ask: (origin) => work.tunnel.proof.ask(origin, sender),
    clock: realClock,
    events: {
      opened: (origin) => {
        emitState('open', origin, null);
        work.opened({ tunnel: postingUrl(origin, work.path) }).catch(fail);
      },
      silent: (origin, { reason, isPermanent: lasting }) =>
        emitState('silent', origin, `${reason} ${lasting ? tlsAdvice : program.advice}`),
      lost: (reason) => emitState('lost', undefined, reason),
    },
  });
  tunnel.over.catch(fail);
  return {
    failed,
    async close() {
      await Promise.all([tunnel.close(), sender.close()]);
    },
  };
}

async function programOf({ tunnel, end, context }: TunnelWork): Promise<TunnelProgram> {
  const { file, target } = tunnel;
  if (!target) return cloudflared(file, end);
  const publicHost = await resolveSshHost(file, target, childEnvironment(context.host.env));
  return ssh(file, target, publicHost, end);
}

function stateEmitter({ logins, path, context, emit }: TunnelWork, program: TunnelProgram) {
  /** The last announced URL. */
  let known = '';
  return (state: TunnelNotice['state'], origin: URL | undefined, reason: string | null) => {
    const url = origin ? postingUrl(origin, path) : known;
    emit({
      type: 'tunnel',
      state,
      time: new Date(context.host.now()).toISOString(),
      url,
      changed: known !== '' && known !== url,
      by: program.name,
      user: logins.generated?.user ?? logins.users()[0] ?? '',
      reason,
    });
    known = url;
  };
}

function postingUrl(origin: URL, path: string | undefined): string {
  return `${origin.origin}${path ?? ''}`;
}
