#!/usr/bin/env node
/** Writes the documents of scripts/docs, which are TypeScript, as the lists are that they read. */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
// One folder below the package, as the program is: it looks for the samples there.
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
