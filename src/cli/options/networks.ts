import { isIP } from 'node:net';
import { addressSet } from '../../call/addresses.js';
import { problem } from '../../problems/problem.js';
import { readBy, type TextKind } from './kinds.js';

/** Addresses and networks. A project file must not hold a list that contains most addresses. */
export const network: TextKind<string> = readBy('198.51.100.0/24', (name, typed) => {
  addressSet(name, [typed]);
  return typed;
});

/** Addresses as 128-bit numbers, IPv4 ones in their IPv6-mapped form. The end is exclusive. */
interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

const spaces: readonly Span[] = [
  spanOf('::ffff:0.0.0.0', 96),
  // All public IPv6 addresses.
  spanOf('2000::', 3),
];

/** The largest permitted share of a space is one in this many. */
const minParts = 4n;

/**
 * Rejects a list that admits a quarter or more of the IPv4 or the public IPv6 addresses, in however
 * many pieces: it protects as little as no list.
 */
export function refuseBroadNetworks(name: string, networks: readonly string[]): void {
  const covered = merged(networks.map(networkSpan));
  if (!spaces.some((space) => share(covered, space) * minParts >= size(space))) return;
  throw problem('invalid_value', {
    what: name,
    value: networks.join(', '),
    reason:
      'it contains a quarter or more of all addresses, and a project file must not weaken protection',
    hint: 'Name the networks that send calls.',
  });
}

function networkSpan(network: string): Span {
  const [address = '', prefix] = network.split('/');
  const offset = isIP(address) === 4 ? 96 : 0;
  return spanOf(address, prefix === undefined ? 128 : Number(prefix) + offset);
}

function spanOf(address: string, bits: number): Span {
  const length = 1n << BigInt(128 - bits);
  const start = (numberOf(address) / length) * length;
  return { start, end: start + length };
}

/** Any valid spelling of an address. */
function numberOf(address: string): bigint {
  const [plain = ''] = (isIP(address) === 4 ? `::ffff:${address}` : address).split('%', 1);
  const text = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...groups: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = groups.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = text.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (sum, group) => (sum << 16n) | BigInt(Number.parseInt(group, 16)),
    0n,
  );
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((one, other) => (one.start < other.start ? -1 : 1))) {
    const last = result.at(-1);
    if (!last || last.end < span.start) result.push(span);
    else if (span.end > last.end) result.splice(-1, 1, { start: last.start, end: span.end });
  }
  return result;
}

function share(covered: readonly Span[], space: Span): bigint {
  return covered.reduce((sum, { start, end }) => {
    const from = start > space.start ? start : space.start;
    const to = end < space.end ? end : space.end;
    return to > from ? sum + to - from : sum;
  }, 0n);
}

function size({ start, end }: Span): bigint {
  return end - start;
}
