import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';

/** Replaces patterns like `report*.csv` by the names that match, which shells of Windows do not. */
export async function expandPatterns(
  typed: readonly string[],
  { cwd }: Pick<Host, 'cwd'>,
): Promise<string[]> {
  const names: string[] = [];
  for (const each of typed) {
    if (!/[*?]/.test(basename(each))) names.push(each);
    else names.push(...(await matching(each, cwd)));
  }
  return names;
}

async function matching(pattern: string, cwd: string): Promise<string[]> {
  const folder = dirname(pattern);
  const parts = basename(pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const expected = new RegExp(`^${parts.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  const found = await readdir(resolve(cwd, folder)).catch(() => []);
  const names = found.filter((name) => expected.test(name) && !name.startsWith('.')).sort();
  if (names.length > 0) return names.map((name) => (folder === '.' ? name : join(folder, name)));
  throw problem('usage', {
    message: `No file matches ${pattern}.`,
    hint: 'Check the pattern, and the folder that it starts in.',
  });
}
