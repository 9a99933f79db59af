import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { everyMissing } from '../../reconciliation/results.js';
import type { RowSide } from '../../reconciliation/side.js';
import { replaceFile } from '../../replace-file.js';
import type { Database } from '../../store/database.js';

/** Rows hold contacts, so that only this user can read the file. */
const mode = 0o600;
const partLength = 64 * 1024;

/**
 * Writes the missing rows of a file as they were, with the header of a CSV file, or the ids of events
 * in the store, one a line.
 */
export async function writeMissing(
  path: string,
  database: Database,
  expected: RowSide,
): Promise<void> {
  try {
    await replaceFile(path, joined(missingLines(database, expected)), mode);
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}

function* missingLines(database: Database, expected: RowSide): Generator<string> {
  const headers = new Map(expected.files.map(({ name, header }) => [name, header]));
  let header = expected.files[0]?.header ?? '';
  if (header !== '') yield header;
  for (const { at, text } of everyMissing(database)) {
    if (expected.isStore) {
      yield at;
      continue;
    }
    const own = headers.get(at.slice(0, at.lastIndexOf(':'))) ?? '';
    if (own !== header && own !== '') {
      header = own;
      yield header;
    }
    yield text;
  }
}

/** Joins lines into longer parts, which are written faster. */
function* joined(lines: Iterable<string>): Generator<string> {
  let part = '';
  for (const line of lines) {
    part += `${line}\n`;
    if (part.length < partLength) continue;
    yield part;
    part = '';
  }
  yield part;
}
