/**
 * Where the package lies. This file stands one folder below it, both as source (`src/`) and
 * bundled (`dist/`), so the samples, the writer thread and package.json are found either way.
 */
export const packageRoot = new URL('../', import.meta.url);
