import { encodingBytes, textDecoder } from '../payload/text-encoding.js';

/** Decodes UTF-8 or UTF-16, which the first bytes show. Omits a byte order mark. */
export async function* decodedChunks(
  chunks: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string> {
  let start: Uint8Array = new Uint8Array();
  let decoder: ReturnType<typeof textDecoder> | undefined;
  for await (const chunk of chunks) {
    if (typeof chunk === 'string') yield chunk;
    else if (decoder) yield decoder.decode(chunk, { stream: true });
    else {
      start = Buffer.concat([start, chunk]);
      if (start.length < encodingBytes) continue;
      decoder = textDecoder(start, false);
      yield decoder.decode(start, { stream: true });
    }
  }
  yield decoder ? decoder.decode() : textDecoder(start, false).decode(start);
}
