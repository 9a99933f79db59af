import { readFileSync } from 'node:fs';
import { reasons } from './dependency-reasons.js';
import { table } from './markdown.js';

/** What `npm run docs:measure` has measured: sizes are of a machine and a day, documents are not. */
interface Figures {
  readonly date: string;
  readonly node: string;
  /** Bytes in the bundle before minifying, of each package of which code is in it. */
  readonly bundled: Readonly<Record<string, number>>;
  /** Bytes on disk of each package that is installed with ours, on whatever platform measured it. */
  readonly unpacked: Readonly<Record<string, number>>;
  /** Milliseconds to load a library whole from node_modules, over those of a bare Node. */
  readonly loading: Readonly<Record<string, number>>;
}

interface LockedPackage {
  readonly version: string;
  readonly license: string;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** docs/dependencies.md: what package.json names, what is known of it, and why it is there. */
export function writeDependencies(): string {
  const { dependencies, devDependencies } = readJson('package.json') as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const figures = readJson('scripts/docs/library-figures.json') as Figures;
  const { packages } = readJson('package-lock.json') as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const installed = Object.keys(dependencies);
  const bundled = Object.keys(devDependencies).filter((name) => name in figures.bundled);
  const others = Object.keys(devDependencies).filter((name) => !(name in figures.bundled));
  const named = new Set([...installed, ...bundled, ...others]);
  const broughtIn = Object.keys(figures.bundled).filter((name) => !named.has(name));
  const broughtAlong = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, locked]) => ({ ...locked, name: path.slice('node_modules/'.length) }))
    .filter(({ name }) => !named.has(name));

  return [
    '# Libraries',
    '',
    'Written by `npm run docs` out of package.json, the lock, and `scripts/docs/dependency-reasons.ts`. Every',
    'version is exact; `package-lock.json` holds the checksum of each.',
    '',
    'Two libraries are installed with the package. What else the program needs is bundled into it, in',
    'chunks that a command loads when it needs them: fewer packages to trust, nothing that runs at',
    'installation, a fast start. The rest only builds and tests. The licences of all that is bundled come',
    'with the package, in `dist/licenses.txt`.',
    '',
    `Sizes and times were measured on ${figures.date} with Node ${figures.node}, by \`npm run docs:measure\`. "In the bundle" is`,
    'before minifying: what is not used has been left out. "Loads in" is the time to load the whole library from',
    '`node_modules`, over a bare start of Node: what `npm run bench:startup` measures of the commands is less.',
    '',
    '## Installed with the package',
    '',
    ...figuresOf(installed, 'unpacked', figures.unpacked, figures),
    '',
    'They bring, without an install script among them:',
    '',
    ...table(
      ['package', 'version', 'licence', 'unpacked'],
      broughtAlong.map(({ name, version, license, os = [], cpu = [] }) => {
        const platform = [...os, ...cpu].join(' ');
        const bytes = figures.unpacked[name];
        const size = bytes === undefined ? 'not of this platform' : kilobytes(bytes);
        return [`\`${name}\`${platform === '' ? '' : ` (${platform})`}`, version, license, size];
      }),
    ),
    '',
    ...because(installed),
    '',
    '## Bundled',
    '',
    ...figuresOf(bundled, 'in the bundle', figures.bundled, figures),
    '',
    `With ${broughtIn.length} packages of their own: ${broughtIn.map((name) => `\`${name}\``).join(', ')}.`,
    '',
    ...because(bundled),
    '',
    '## Only for building and testing',
    '',
    ...table(['library', 'version', 'licence', 'kept at'], others.map(factsOf)),
    '',
    ...because(others),
    '',
  ].join('\n');
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Name, version, licence, and the repository that it is kept in. */
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

function figuresOf(
  names: readonly string[],
  sizeName: string,
  sizes: Readonly<Record<string, number>>,
  { loading }: Figures,
): string[] {
  return table(
    ['library', 'version', 'licence', 'kept at', sizeName, 'loads in'],
    names.map((name) => {
      const bytes = sizes[name];
      if (bytes === undefined) throw new Error(`Run npm run docs:measure: ${name} is new.`);
      const time = loading[name];
      return [
        ...factsOf(name),
        kilobytes(bytes),
        time === undefined ? 'by browsers' : `${Math.max(1, time)} ms`,
      ];
    }),
  );
}

function because(names: readonly string[]): string[] {
  return table(
    ['library', 'for', 'instead of', 'why this one'],
    names.map((name) => {
      const why = reasons[name];
      if (!why) throw new Error(`scripts/docs/dependency-reasons.ts lacks ${name}.`);
      return [`\`${name}\``, ...why];
    }),
  );
}

function kilobytes(bytes: number): string {
  if (bytes === 0) return 'nothing';
  return `${Math.max(1, Math.round(bytes / 1000)).toLocaleString('en')} kB`;
}
