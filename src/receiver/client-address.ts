import { type AddressTest, readAddress } from '../call/addresses.js';

/**
 * Who a call comes from. What a proxy says is believed only of a peer that is trusted, and read
 * from the right, where each proxy adds the address that it saw: the client is the first one that
 * is no trusted proxy itself, and whatever stands left of it is the client's own invention.
 * Undefined: a hop on that way is no address, so nobody can tell.
 */
export function clientAddress(
  peer: string,
  forwardedFor: readonly string[],
  trusted: AddressTest,
): string | undefined {
  let client = peer;
  if (!trusted(peer) || forwardedFor.length === 0) return client;
  // Repeated header lines are one list.
  for (const hop of forwardedFor.join(',').split(',').reverse()) {
    const address = readHop(hop);
    if (address === undefined) return undefined;
    client = address;
    if (!trusted(address)) break;
  }
  return client;
}

/** `192.0.2.7`, `2001:db8::7`, and with the port that some proxies add: `[2001:db8::7]:4711`. */
function readHop(text: string): string | undefined {
  const hop = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop);
  if (bracketed) return readAddress(bracketed[1] ?? '');
  const [, address = hop] = /^([\d.]+):\d{1,5}$/.exec(hop) ?? [];
  return readAddress(address);
}
