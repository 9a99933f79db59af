import { BlockList, isIP, SocketAddress } from 'node:net';
import { problem } from '../problems/problem.js';

export type AddressTest = (address: string) => boolean;

/**
 * Builds a test from addresses and networks (`192.0.2.7`, `198.51.100.0/24`, `2001:db8::/32`;
 * IPv4-mapped ones count as IPv4). Throws a problem that names the first unreadable entry.
 */
export function addressSet(option: string, entries: readonly string[]): AddressTest {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const plain = readAddress(address) ?? '';
    const version = isIP(plain);
    const maxBits = version === 4 ? 32 : 128;
    // A mapped network counts its bits from the start of the IPv6 address.
    const mappedBits = version === 4 && address.includes(':') ? 96 : 0;
    const bits = prefix === undefined ? maxBits : wholeBits(prefix) - mappedBits;
    if (version === 0 || rest.length > 0 || !(bits >= 0 && bits <= maxBits)) {
      throw problem('invalid_value', {
        what: option,
        value: entry,
        reason: 'it is neither an address nor a network',
        hint: 'Write it like 192.0.2.7 or 198.51.100.0/24.',
      });
    }
    list.addSubnet(plain, bits, version === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function wholeBits(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * Reads an address in any spelling of IPv6 and returns it as `peerAddress` does. Undefined when the
 * text is not an address.
 */
export function readAddress(text: string): string | undefined {
  const [plain = ''] = text.split('%', 1);
  switch (isIP(text)) {
    case 4:
      return text;
    case 6:
      return peerAddress(new SocketAddress({ address: plain, family: 'ipv6' }).address);
    default:
      return undefined;
  }
}

/** The form in which addresses are compared and shown: IPv4-mapped ones as IPv4, without a zone. */
export function peerAddress(address: string): string {
  const plain = address.split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain);
  if (mapped?.[1]) return mapped[1];
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(plain);
  if (!hex) return plain;
  const bits = Number.parseInt(hex[1] ?? '', 16) * 65_536 + Number.parseInt(hex[2] ?? '', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

const loopback = constantSet(['127.0.0.0/8', '::1']);
// Connecting to one of these reaches this machine.
const unspecified = constantSet(['0.0.0.0/8', '::']);
const privateNetworks = constantSet([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // Link-local and carrier-grade NAT.
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
]);

/** Is built on first use, which takes milliseconds. */
function constantSet(entries: readonly string[]): AddressTest {
  let test: AddressTest | undefined;
  return (address) => {
    test ??= addressSet('networks', entries);
    return test(address);
  };
}

/** Where an address leads: this machine, a private network or the internet. */
export type AddressKind = 'loopback' | 'private' | 'public';

export function addressKind(address: string): AddressKind {
  const plain = readAddress(address) ?? address;
  if (loopback(plain) || unspecified(plain)) return 'loopback';
  return privateNetworks(plain) ? 'private' : 'public';
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || loopback(peerAddress(name));
}
