// Builds what runs (esbuild, split and minified, so that a command loads only what it needs)
// and the declarations of the library face (tsc). `--no-types` leaves the declarations out.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('dist', { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    'store-writer': 'src/store/writer.ts',
    'store-keeper': 'src/store/keeper-thread.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['libsql', 'zod'],
  // Bundled CommonJS (commander, undici) calls require for Node's own modules.
  banner: {
    js: "import{createRequire as __require}from'node:module';const require=__require(import.meta.url);",
  },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

writeFileSync('dist/licenses.txt', bundledLicences(Object.keys(metafile.inputs)));

if (!process.argv.includes('--no-types')) {
  execFileSync(
    process.execPath,
    [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.declarations.json'],
    {
      stdio: 'inherit',
    },
  );
}

/** The licence text of every package whose code ends up in the bundle. */
function bundledLicences(inputs) {
  const folders = new Set(
    inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    return `${name} ${version} (${license})\n\n${licenceText(folder)}`;
  });
  return `${texts.join(`\n${'-'.repeat(78)}\n\n`)}`;
}

function licenceText(folder) {
  for (const name of ['LICENSE', 'license', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'License']) {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      // The next spelling.
    }
  }
  throw new Error(
    `No licence file in ${dirname(folder)}: a bundled package must ship its licence.`,
  );
}
