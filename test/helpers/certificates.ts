import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Valid from now for this many days. A negative number makes a certificate that has expired. */
  readonly days?: number;
  /** Like `DNS:localhost,IP:127.0.0.1`, which is the default. */
  readonly names?: string;
  /** Signs the certificate. By default, it is self-signed. */
  readonly authority?: Certificate;
}

const day = 86_400_000;

/** Makes a key and its certificate: version 3, ECDSA with SHA-256 on P-256 (RFC 5280, section 4.1). */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { days = 2, names = 'DNS:localhost,IP:127.0.0.1', authority } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notAfter = Date.now() + days * day;
  const notBefore = Math.min(Date.now(), notAfter - day);
  const extensions = [extension('551d11', sequence(...names.split(',').map(alternativeName)))];
  if (!authority) extensions.push(extension('551d13', sequence(yes), yes));
  const signed = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    commonName('authority'),
    sequence(time(notBefore), time(notAfter)),
    commonName(authority ? 'shop' : 'authority'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signer = authority ? createPrivateKey(authority.key) : privateKey;
  const signature = bits(sign('sha256', signed, signer));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: new X509Certificate(sequence(signed, ecdsaWithSha256, signature)).toString(),
  };
}

/** One value in the distinguished encoding of ASN.1. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const integer = (bytes: Uint8Array) => der(0x02, bytes);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
const yes = der(0x01, Buffer.from([0xff]));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

function time(at: number): Buffer {
  const [text = ''] = new Date(at).toISOString().slice(2).replace(/[-:T]/g, '').split('.');
  return der(0x17, Buffer.from(`${text}Z`));
}

function extension(id: string, value: Uint8Array, ...critical: readonly Uint8Array[]): Buffer {
  return sequence(oid(id), ...critical, der(0x04, value));
}

function alternativeName(text: string): Buffer {
  const [kind, value = ''] = text.split(':');
  return kind === 'IP'
    ? der(0x87, Buffer.from(value.split('.').map(Number)))
    : der(0x82, Buffer.from(value));
}
