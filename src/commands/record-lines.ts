import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Capture } from '../call/call.js';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { readRecord } from './capture-record.js';

/** The captures of a file that `history export` wrote, or of stdin for `-`, one at a time. */
export async function* readRecords(
  file: string,
  host: Pick<Host, 'cwd' | 'stdin'>,
): AsyncGenerator<Capture> {
  const path = resolve(host.cwd, file);
  const chunks = file === '-' ? host.stdin : createReadStream(path);
  let number = 0;
  for await (const line of linesOf(chunks, path)) {
    number += 1;
    if (line.trim() === '') continue;
    const record = readRecord(line);
    if (typeof record === 'string') {
      throw problem('record_invalid', {
        file: file === '-' ? 'stdin' : file,
        line: number,
        reason: record,
      });
    }
    yield record;
  }
}

/** Lines of UTF-8 of any length. Unlike readline, a failure of the input is thrown here. */
async function* linesOf(
  chunks: AsyncIterable<string | Uint8Array>,
  path: string,
): AsyncGenerator<string> {
  const text = new TextDecoder();
  let parts: string[] = [];
  try {
    for await (const chunk of chunks) {
      const decoded = typeof chunk === 'string' ? chunk : text.decode(chunk, { stream: true });
      const [rest = '', ...ends] = decoded.split('\n');
      parts.push(rest);
      for (const end of ends) {
        yield parts.join('');
        parts = [end];
      }
    }
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
  yield parts.join('');
}
