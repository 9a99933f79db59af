// Tests that the types of the packed package compile in strict projects, from TypeScript 5.4 to 7, under
// every module resolution, with and without Node's types. Not part of `npm test`, since the compilers come
// from the registry.
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The oldest and the newest compile every project, the others one. */
const compilers = ['5.4.5', '5.9.3', '6.0.3', '7.0.2'];
const nodeTypes = '@types/node@20.19.43';
const both = ['handler.mts', 'handler.cts'];
const projects = [
  { module: 'node16', moduleResolution: 'node16', types: [], files: both },
  { module: 'nodenext', moduleResolution: 'nodenext', types: ['node'], files: both },
  { module: 'esnext', moduleResolution: 'bundler', types: [], files: ['handler.mts'] },
  // zod needs the last option. TypeScript 6 deprecates this resolution, and 7 lacks it.
  {
    module: 'commonjs',
    moduleResolution: 'node10',
    types: ['node'],
    files: ['handler.mts'],
    esModuleInterop: true,
  },
];
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-types-'));
const run = promisify(execFile);

try {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const aliases = compilers.map((version) => `typescript-${version}@npm:typescript@${version}`);
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', [...install, join(folder, packed), nodeTypes, ...aliases], {
    cwd: folder,
    stdio: 'inherit',
  });
  for (const name of ['handler.mts', 'handler.cts']) {
    copyFileSync(join(root, 'test', 'runners', 'handler.mts'), join(folder, name));
  }
  const failures = [];
  const waiting = compilers
    .flatMap((version) => projectsFor(version).map((project) => ({ version, ...project })))
    .entries();
  const compileAll = async () => {
    for (const [index, project] of waiting) {
      const failure = await compile(index, project);
      const { version, moduleResolution, types } = project;
      const title = `TypeScript ${version}, ${moduleResolution}, ${types.length === 0 ? 'no ' : ''}Node types`;
      console.log(`${failure === undefined ? 'compiles' : 'FAILS   '}  ${title}`);
      if (failure !== undefined) failures.push(`${title}\n${failure}`);
    }
  };
  await Promise.all([compileAll(), compileAll()]);
  if (failures.length > 0) throw new Error(failures.join('\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function projectsFor(version) {
  if (version === compilers[0]) return projects;
  const isNewest = version === compilers.at(-1);
  return projects.filter(({ moduleResolution }) =>
    isNewest ? moduleResolution !== 'node10' : moduleResolution === 'nodenext',
  );
}

/** Resolves to the compiler's report of an error. */
async function compile(index, { version, files, ...options }) {
  const config = join(folder, `tsconfig-${index}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      compilerOptions: {
        ...options,
        target: 'es2022',
        lib: ['es2023', 'dom', 'esnext.disposable'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
      },
      files,
    }),
  );
  const program = join(folder, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
  try {
    await run(process.execPath, [program, '-p', config], { cwd: folder });
    return undefined;
  } catch (error) {
    return error.stdout || error.message;
  }
}
