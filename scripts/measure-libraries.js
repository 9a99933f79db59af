#!/usr/bin/env node
/**
 * Writes scripts/docs/library-figures.json: sizes and load times of the libraries, out of what is
 * installed and built here and now. Builds, and takes half a minute.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { dependencies, devDependencies } = readJson('package.json');
const { packages } = readJson('package-lock.json');

const built = execFileSync(process.execPath, ['scripts/build.js', '--sizes'], { encoding: 'utf8' });
const bundled = {};
// Of some packages two versions are in the bundle.
for (const [folder, bytes] of Object.entries(JSON.parse(built.trim().split('\n').at(-1))).sort()) {
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  bundled[name] = (bundled[name] ?? 0) + bytes;
}
const unpacked = Object.fromEntries(
  Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev && existsSync(path))
    .map(([path]) => [path.slice('node_modules/'.length), bytesIn(path)]),
);
const bareStart = fastest('0');
// Libraries of the page are never loaded by Node.
const loaded = [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter(
  (name) =>
    (name in dependencies || name in bundled) && !/^(?:preact|@preact\/|@tanstack\/)/.test(name),
);
const loading = Object.fromEntries(
  loaded.map((name) => {
    const ms = fastest(`import(${JSON.stringify(name)})`) - bareStart;
    return [name, Math.max(0, Math.round(ms))];
  }),
);

const figures = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  bundled,
  unpacked,
  loading,
};
writeFileSync('scripts/docs/library-figures.json', `${JSON.stringify(figures, null, 2)}\n`);

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(join(folder, 'node_modules')))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

function fastest(program) {
  const times = Array.from({ length: 9 }, () => {
    const begun = performance.now();
    const { status } = spawnSync(process.execPath, ['-e', program]);
    if (status !== 0) throw new Error(`Node could not run ${program}.`);
    return performance.now() - begun;
  });
  return Math.min(...times);
}
