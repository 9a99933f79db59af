import type { Check } from '../check.js';
import { finding } from '../findings.js';

export const tcpCheck: Check = {
  id: 'tcp',
  group: 'reach',
  suite: 'basic',
  title: 'Connection',
  sends: 'nothing; opens a TCP connection',
  harmless: true,
  decisive: true,
  needs: 'dns',
  run: async (probe) => {
    const { url, insecure } = probe.endpoint;
    const connected = await probe.connect(withoutTls(url), { insecure });
    if (connected.kind === 'failed') {
      return [finding('no_connection', { reason: connected.failure.reason })];
    }
    connected.socket.destroy();
    return [];
  },
};

/** The URL for a plain connection to its port. */
export function withoutTls(url: URL): URL {
  const plain = new URL(url);
  plain.protocol = 'http:';
  if (url.protocol === 'https:') plain.port = url.port === '' ? '443' : url.port;
  return plain;
}
