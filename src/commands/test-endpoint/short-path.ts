import { relative } from 'node:path';

/** A path as a person would write it from here. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
