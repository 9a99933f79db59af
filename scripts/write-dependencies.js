#!/usr/bin/env node
/**
 * Writes docs/dependencies.md: what package.json names, its figures out of what is installed and
 * built, and why it is there. Builds, and takes half a minute.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasons } from './dependency-reasons.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { dependencies, devDependencies } = readJson('package.json');
const lock = readJson('package-lock.json').packages;
const built = execFileSync(process.execPath, ['scripts/build.js', '--sizes'], { encoding: 'utf8' });
const bundled = new Map(
  Object.entries(JSON.parse(built.trim().split('\n').at(-1))).map(([folder, bytes]) => [
    folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
    bytes,
  ]),
);
const bareStart = fastest(() => startNode('0'));

const installedNames = Object.keys(dependencies);
const bundledNames = Object.keys(devDependencies).filter((name) => bundled.has(name));
const otherNames = Object.keys(devDependencies).filter((name) => !bundled.has(name));
const named = new Set([...installedNames, ...bundledNames, ...otherNames]);
const missing = [...named].filter((name) => !reasons[name]);
if (missing.length > 0)
  throw new Error(`scripts/dependency-reasons.js lacks ${missing.join(', ')}.`);

const broughtIn = [...bundled.keys()].filter((name) => !named.has(name)).sort();

const text = [
  '# Libraries',
  '',
  'Written by `npm run docs` out of package.json, what is installed, the bundle, and',
  '`scripts/dependency-reasons.js`. Every version is exact; `package-lock.json` holds the checksum of each.',
  '',
  'Two libraries are installed with the package. What else the program needs is bundled into it, in',
  'chunks that a command loads when it needs them: fewer packages to trust, nothing that runs at',
  'installation, a fast start. The rest only builds and tests. The licences of all that is bundled come',
  'with the package, in `dist/licenses.txt`.',
  '',
  '"In the bundle" is before minifying: what is not used has been left out. "Loads in" is the time to load',
  `the whole library from \`node_modules\`, over a bare start of Node ${process.versions.node.split('.')[0]} (${Math.round(bareStart)} ms there), on the`,
  'machine that wrote this: what `npm run bench:startup` measures of the commands is less.',
  '',
  '## Installed with the package',
  '',
  ...figures(installedNames, 'unpacked', (name) => unpacked(join('node_modules', name))),
  '',
  'They bring, without an install script among them:',
  '',
  '| package | version | licence | unpacked |',
  '|---|---|---|---|',
  ...broughtAlong(),
  '',
  ...because(installedNames),
  '',
  '## Bundled',
  '',
  ...figures(bundledNames, 'in the bundle', (name) => bundled.get(name)),
  '',
  `With ${broughtIn.length} packages of their own: ${listOf(broughtIn)}.`,
  '',
  ...because(bundledNames),
  '',
  '## Only for building and testing',
  '',
  '| library | version | licence | kept at |',
  '|---|---|---|---|',
  ...otherNames.map((name) => `| ${facts(name).join(' | ')} |`),
  '',
  ...because(otherNames),
  '',
].join('\n');
writeFileSync(join('docs', 'dependencies.md'), text);

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Name, version, licence, and the repository that it is kept in. */
function facts(name) {
  const { version, license, repository } = readJson(join('node_modules', name, 'package.json'));
  const url = typeof repository === 'string' ? repository : repository.url;
  const kept = url.replace(/^.*github\.com\//, '').replace(/(?:\.git)?$/, '');
  return [`\`${name}\``, version, license, kept];
}

function figures(names, sizeName, sizeOf) {
  return [
    `| library | version | licence | kept at | ${sizeName} | loads in |`,
    '|---|---|---|---|---|---|',
    ...names.map((name) => {
      const cells = [...facts(name), kilobytes(sizeOf(name)), loadTime(name)];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

function because(names) {
  return [
    '| library | for | instead of | why this one |',
    '|---|---|---|---|',
    ...names.map((name) => `| \`${name}\` | ${reasons[name].join(' | ')} |`),
  ];
}

/** What the two installed libraries depend on, also what only other platforms install. */
function broughtAlong() {
  return Object.entries(lock)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, entry]) => [path.slice('node_modules/'.length), entry])
    .filter(([name]) => !named.has(name))
    .map(([name, { version, license, optional, os, cpu, libc }]) => {
      const where = [os, cpu, libc].filter(Boolean).flat().join(' ');
      const size = optional ? platformSize(name) : kilobytes(unpacked(join('node_modules', name)));
      return `| \`${name}\`${where ? ` (${where})` : ''} | ${version} | ${license} | ${size} |`;
    });
}

function platformSize(name) {
  try {
    return kilobytes(unpacked(join('node_modules', name)));
  } catch {
    return 'not of this platform';
  }
}

function unpacked(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${folder}/node_modules`))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Libraries of the page are never loaded by Node. */
function loadTime(name) {
  if (/^(?:preact|@preact\/|@tanstack\/)/.test(name)) return 'by browsers';
  const ms = fastest(() => startNode(`import(${JSON.stringify(name)})`)) - bareStart;
  return `${Math.max(1, Math.round(ms))} ms`;
}

function startNode(program) {
  const begun = performance.now();
  spawnSync(process.execPath, ['-e', program]);
  return performance.now() - begun;
}

function fastest(measure) {
  return Math.min(...Array.from({ length: 9 }, measure));
}

function kilobytes(bytes) {
  if (bytes === 0) return 'nothing';
  return `${Math.max(1, Math.round(bytes / 1000)).toLocaleString('en')} kB`;
}

function listOf(names) {
  return names.map((name) => `\`${name}\``).join(', ');
}
