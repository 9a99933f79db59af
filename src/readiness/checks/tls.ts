import { TLSSocket } from 'node:tls';
import type { Check } from '../check.js';
import { type Finding, finding } from '../findings.js';
import type { Probe } from '../probe.js';

/** Certificates are renewed a month before they expire; fewer days indicate a fault. */
const minDays = 14;
const day = 86_400_000;

export const tlsCheck: Check = {
  id: 'tls',
  group: 'reach',
  suite: 'basic',
  title: 'TLS and certificate',
  sends: 'nothing; performs a TLS handshake',
  harmless: true,
  decisive: true,
  needs: 'tcp',
  run: async (probe) => {
    const { url, insecure, now } = probe.endpoint;
    if (url.protocol !== 'https:') return [await withoutTls(probe)];
    const strict = await probe.connect(url, { insecure: false });
    if (strict.kind === 'failed') {
      const { code, reason, certificate } = strict.failure;
      if (!certificate)
        return [finding(code === 'tls_failed' ? 'tls_failed' : 'no_connection', { reason })];
      return [finding(insecure ? 'certificate_ignored' : 'certificate_refused', { reason })];
    }
    const findings: Finding[] = [];
    const days = strict.socket instanceof TLSSocket ? daysLeft(strict.socket, now()) : minDays;
    strict.socket.destroy();
    if (days < minDays) findings.push(finding('certificate_expires_soon', { days }));
    const older = await probe.connect(url, { insecure, maxVersion: 'TLSv1.2' });
    if (older.kind === 'open') older.socket.destroy();
    else if (older.failure.code === 'tls_failed') findings.push(finding('tls_1_3_only'));
    return findings;
  },
};

async function withoutTls(probe: Probe): Promise<Finding> {
  return finding((await probe.whereabouts()) === 'public' ? 'not_encrypted' : 'not_https');
}

function daysLeft(socket: TLSSocket, now: number): number {
  return Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - now) / day);
}
