import type { AddressInfo } from 'node:net';
import { problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';
import type { ListenAddress, Receiver } from '../../receiver/receiver.js';
import type { ListenOptions } from './options.js';

/** Starts to listen; a failure becomes a problem that names its cause. */
export async function bindListener(
  receiver: Receiver,
  requested: ListenAddress,
): Promise<AddressInfo> {
  try {
    return await receiver.listen(requested);
  } catch (error) {
    if ('fd' in requested) {
      throw problem('listen_fd_invalid', { fd: requested.fd, reason: plainReason(error) }, error);
    }
    const { port, host } = requested;
    switch (errorCode(error)) {
      case 'EADDRINUSE':
        // The next port is the inspector's default.
        throw problem('port_in_use', { port, next: port < 65_534 ? port + 2 : port - 1 }, error);
      case 'EACCES':
        throw problem('port_forbidden', { port }, error);
      default:
        throw problem('address_not_here', { host }, error);
    }
  }
}

/** The URL to post to. A listener on all interfaces is reached on loopback. */
export function listenerUrl(
  { address: requested, tls, path }: Pick<ListenOptions, 'address' | 'tls' | 'path'>,
  address: AddressInfo,
): string {
  const everywhere = address.address === '0.0.0.0' || address.address === '::';
  const named = 'host' in requested ? requested.host : address.address;
  const host = everywhere ? '127.0.0.1' : named;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}:${address.port}${path ?? ''}`;
}
