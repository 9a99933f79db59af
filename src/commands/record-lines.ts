import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
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
  const input: NodeJS.ReadableStream = file === '-' ? host.stdin : createReadStream(path);
  let failure: unknown;
  // readline passes a failure of its input on to nobody.
  input.once('error', (error: unknown) => {
    failure = error;
    lines.close();
  });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
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
  if (failure !== undefined) {
    throw problem('file_not_read', { path, reason: plainReason(failure) }, failure);
  }
}
