import { hasDatabase, type StoreFiles } from './folder.js';
import { openUpToDate } from './schema.js';

interface KnownTarget {
  readonly url: string;
  /** null when it has no name. */
  readonly name: string | null;
}

/** The URLs of the handlers that a store knows, in alphabetical order; none without a store. */
export function knownTargets(files: StoreFiles): readonly KnownTarget[] {
  if (!hasDatabase(files)) return [];
  const database = openUpToDate(files);
  try {
    return database
      .prepare('select distinct url, name from destinations order by url')
      .all([])
      .map(([url, name]) => ({
        url: String(url),
        name: typeof name === 'string' ? name : null,
      }));
  } finally {
    database.close();
  }
}
