import { Problem } from '../problems/problem.js';
import { errorCode } from '../problems/translate.js';

/** A row that SQLite reads, and whose values are not those that were written. */
export class DamagedRow extends Error {}

/** Whether something failed because of what stands in the file. */
export function isDamage(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'store_damaged';
  return error instanceof DamagedRow || /^SQLITE_(?:CORRUPT|NOTADB)/.test(errorCode(error) ?? '');
}
