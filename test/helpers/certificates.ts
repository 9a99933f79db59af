import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Valid from now for so many days; a negative number makes one that has expired. */
  readonly days?: number;
  /** Like `DNS:localhost,IP:127.0.0.1`, which is the default. */
  readonly names?: string;
  /** Signs it; without one it is self-signed. */
  readonly authority?: Certificate;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Makes a certificate and its key with openssl, in a folder that is gone afterwards. */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { days = 2, names = 'DNS:localhost,IP:127.0.0.1', authority } = options;
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-certificate-'));
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const subject = ['-subj', authority ? '/CN=shop' : '/CN=authority'];
  try {
    openssl('req', '-new', ...newKey, '-keyout', 'key.pem', '-out', 'request.pem', ...subject);
    const basic = authority ? '' : 'basicConstraints=critical,CA:TRUE\n';
    writeFileSync(join(folder, 'extensions'), `${basic}subjectAltName=${names}\n`);
    const signing = ['-days', String(days), '-extfile', 'extensions', '-out', 'cert.pem'];
    if (authority) {
      writeFileSync(join(folder, 'ca.pem'), authority.cert);
      writeFileSync(join(folder, 'ca.key'), authority.key);
      signing.push('-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial');
    } else signing.push('-signkey', 'key.pem');
    openssl('x509', '-req', '-in', 'request.pem', ...signing);
    return { key: read('key.pem'), cert: read('cert.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
