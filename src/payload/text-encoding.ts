/** `wideEncoding` needs at most this many bytes. */
export const encodingBytes = 64;

/** The decoder of a UTF-8 or UTF-16 text that begins with these bytes. It omits a byte order mark. */
export function textDecoder(start: Uint8Array, fatal: boolean) {
  return new TextDecoder(wideEncoding(start)?.name, { fatal });
}

/** Decodes a text file as people and their programs write it. Throws a TypeError for other bytes. */
export function decodeText(bytes: Uint8Array): string {
  return textDecoder(bytes, true).decode(bytes);
}

/** UTF-16, which PowerShell's `>` and the Windows clipboard write; undefined: another encoding. */
export function wideEncoding(
  bytes: Uint8Array,
): { name: 'utf-16le' | 'utf-16be'; description: string; mark: number } | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe)
    return { name: 'utf-16le', description: 'UTF-16', mark: 2 };
  if (first === 0xfe && second === 0xff)
    return { name: 'utf-16be', description: 'UTF-16', mark: 2 };
  if (bytes.length < 8) return undefined;
  const start = bytes.subarray(0, 64);
  const zeros = (parity: number) => start.every((byte, at) => at % 2 !== parity || byte === 0);
  const letters = (parity: number) =>
    start.every((byte, at) => at % 2 !== parity || (byte !== 0 && byte < 0x80));
  if (zeros(1) && letters(0))
    return { name: 'utf-16le', description: 'UTF-16 without a mark', mark: 0 };
  if (zeros(0) && letters(1))
    return { name: 'utf-16be', description: 'UTF-16 without a mark', mark: 0 };
  return undefined;
}
