/**
 * The package's folder. This file is one folder below it, both as source (`src/`) and bundled
 * (`dist/`).
 */
export const packageRoot = new URL('../', import.meta.url);
