import { devNull } from 'node:os';
import { hostOf, type TunnelEnd, type TunnelProgram } from './program.js';

/**
 * Cloudflare's quick tunnel: an address below trycloudflare.com, without an account, different at
 * every start.
 * https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare/
 */
export function cloudflared(file: string, end: TunnelEnd): TunnelProgram {
  const origin = `${end.secure ? 'https' : 'http'}://${hostOf(end)}:${end.port}`;
  return {
    name: 'cloudflared',
    file,
    graceMs: 60_000,
    advice:
      'cloudflared needs outbound port 7844 (TCP or UDP). If only this machine cannot resolve the address, Netcore may still reach it.',
    plan: () => ({
      args: [
        'tunnel',
        // The user's own tunnel configuration would replace the quick tunnel.
        ...['--config', devNull],
        ...['--loglevel', 'info'],
        // An update would restart it, with another address.
        '--no-autoupdate',
        // Requests in flight have ended before the listener stops it.
        ...['--grace-period', '1s'],
        // A certificate cannot be verified for 127.0.0.1.
        ...(end.secure ? ['--no-tls-verify'] : []),
        ...['--url', origin],
      ],
      origin: undefined,
      announcesConnection: true,
      read: (line) => {
        const [, address] = /\|\s+(https?:\/\/\S+)\s+\|/.exec(line) ?? [];
        if (address !== undefined && URL.canParse(address)) {
          return { kind: 'origin', origin: new URL(new URL(address).origin) };
        }
        return line.includes('Registered tunnel connection') ? { kind: 'connected' } : undefined;
      },
    }),
  };
}
