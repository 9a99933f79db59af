import { readFileSync } from 'node:fs';
import { bundled, installed, type Reason, tools } from './dependency-reasons.js';
import { table } from './markdown.js';

interface LockedPackage {
  readonly version: string;
  readonly license: string;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** docs/dependencies.md: the dependencies of package.json, with facts and reasons. */
export function writeDependencies(): string {
  const { packages } = readJson('package-lock.json') as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const broughtAlong = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, locked]) => ({ ...locked, name: path.slice('node_modules/'.length) }))
    .filter(({ name }) => !(name in installed));

  return [
    '# Libraries',
    '',
    'Written by `npm run docs` out of package.json, the lock, and `scripts/docs/dependency-reasons.ts`. Every',
    'version is exact; `package-lock.json` holds the checksum of each.',
    '',
    'Two libraries are installed with the package. What else the program needs is bundled into it, in',
    'chunks that a command loads when it needs them: fewer packages to trust, nothing that runs at',
    'installation, a fast start. The rest only builds and tests. `dist/licenses.txt` in the package has the',
    'licences of all that is bundled, those of the packages that the bundled ones bring included.',
    '',
    '## Installed with the package',
    '',
    ...libraries(installed),
    '',
    'They bring, without an install script among them:',
    '',
    ...table(
      ['package', 'version', 'licence'],
      broughtAlong.map(({ name, version, license, os = [], cpu = [] }) => {
        const platform = [...os, ...cpu].join(' ');
        return [`\`${name}\`${platform === '' ? '' : ` (${platform})`}`, version, license];
      }),
    ),
    '',
    '## Bundled',
    '',
    ...libraries(bundled),
    '',
    '## Only for building and testing',
    '',
    ...libraries(tools),
    '',
  ].join('\n');
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Name, version, licence and repository. */
function factsOf(name: string): string[] {
  const { version, license, repository } = readJson(`node_modules/${name}/package.json`) as {
    readonly version: string;
    readonly license: string;
    readonly repository: string | { readonly url: string };
  };
  const url = typeof repository === 'string' ? repository : repository.url;
  const kept = url.replace(/^.*github(?:\.com\/|:)/, '').replace(/(?:\.git)?$/, '');
  return [`\`${name}\``, version, license, kept];
}

function libraries(reasons: Readonly<Record<string, Reason>>): string[] {
  const names = Object.keys(reasons);
  return [
    ...table(['library', 'version', 'licence', 'kept at'], names.map(factsOf)),
    '',
    ...table(
      ['library', 'for', 'instead of', 'why this one'],
      Object.entries(reasons).map(([name, why]) => [`\`${name}\``, ...why]),
    ),
  ];
}
