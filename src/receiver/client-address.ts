import { type AddressTest, readAddress } from '../call/addresses.js';

/**
 * Finds the client of a call. Uses X-Forwarded-For only from a trusted peer, and reads it from the
 * right, where each proxy appends the address it saw: the client is the first address that is not a
 * trusted proxy. The client itself may have sent anything left of it. Undefined when a hop on that
 * path is not an address.
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

/** Reads `192.0.2.7`, `2001:db8::7`, and forms with a port: `[2001:db8::7]:4711`. */
function readHop(text: string): string | undefined {
  const hop = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop);
  if (bracketed) return readAddress(bracketed[1] ?? '');
  const [, address = hop] = /^([\d.]+):\d{1,5}$/.exec(hop) ?? [];
  return readAddress(address);
}
