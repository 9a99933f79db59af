#!/usr/bin/env node
/** Generates the documents of scripts/docs, which are TypeScript. */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
// One folder below the package, like the program, since it reads the samples relative to itself.
const folder = '.docs';
const build = await rolldown({
  input: 'scripts/docs/documents.ts',
  platform: 'node',
  external: ['libsql', 'zod', /^node:/],
});
try {
  const { output } = await build.write({ dir: folder, format: 'esm' });
  const { documents } = await import(pathToFileURL(`${folder}/${output[0].fileName}`).href);
  for (const [name, write] of Object.entries(documents)) writeFileSync(name, await write());
} finally {
  await build.close();
  rmSync(folder, { recursive: true, force: true });
}
