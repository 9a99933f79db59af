import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Capture } from '../call/call.js';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { readRecord } from './capture-record.js';
import { decodedChunks } from './decoded-chunks.js';

/** Bounds memory. A body in base64 takes four thirds of its size. */
const maxLineBytes = 256 * 1024 * 1024;

/** Reads captures one by one from a file that `history export` wrote, or from stdin for `-`. */
export function readRecords(
  file: string,
  host: Pick<Host, 'cwd' | 'stdin'>,
): AsyncGenerator<Capture> {
  return file === '-'
    ? recordsOf(host.stdin, 'stdin')
    : readRecordFile(resolve(host.cwd, file), file);
}

/** `name`: the file as problems name it. */
export function readRecordFile(path: string, name = path): AsyncGenerator<Capture> {
  return recordsOf(createReadStream(path), name, path);
}

async function* recordsOf(
  chunks: AsyncIterable<string | Uint8Array>,
  file: string,
  path = file,
): AsyncGenerator<Capture> {
  let number = 0;
  for await (const line of linesOf(chunks, path)) {
    number += 1;
    if (line?.trim() === '') continue;
    const record = line === undefined ? 'it is longer than 256 MB' : readRecord(line);
    if (typeof record === 'string') {
      throw problem('record_invalid', { file, line: number, reason: record });
    }
    yield record;
  }
}

/**
 * Yields lines of UTF-8 or UTF-16. A line above the limit yields undefined and ends. Unlike readline, throws
 * errors of the input.
 */
async function* linesOf(
  chunks: AsyncIterable<string | Uint8Array>,
  path: string,
): AsyncGenerator<string | undefined> {
  let parts: string[] = [];
  let length = 0;
  try {
    for await (const decoded of decodedChunks(chunks)) {
      const [rest = '', ...ends] = decoded.split('\n');
      parts.push(rest);
      length += rest.length;
      if (length > maxLineBytes) {
        yield undefined;
        return;
      }
      for (const end of ends) {
        yield parts.join('');
        parts = [end];
        length = end.length;
      }
    }
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
  yield parts.join('');
}
