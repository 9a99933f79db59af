import { visibleBlock } from './safe.js';

/**
 * Writes the bytes of a call as they are. On a terminal they would act: there they are written as
 * text, with everything invisible shown as `\u001b`. Nothing else writes raw bytes.
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
