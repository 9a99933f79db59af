import { visibleBlock } from './safe.js';

/**
 * Writes the bytes of a call. A terminal would interpret them, so there invisible characters are
 * shown as `\u001b`. The only place that writes raw bytes.
 */
export function writeRaw(
  stdout: NodeJS.WritableStream & { readonly isTTY?: boolean },
  bytes: Uint8Array,
): void {
  if (stdout.isTTY !== true) {
    stdout.write(bytes);
    return;
  }
  const text = visibleBlock(Buffer.from(bytes).toString('utf8'));
  stdout.write(text === '' || text.endsWith('\n') ? text : `${text}\n`);
}
