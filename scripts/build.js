// Builds the programs (rolldown, split and minified, so that a command loads only what it needs)
// and the library's declarations (tsc). `--no-types` skips the declarations.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const withTypes = !process.argv.includes('--no-types');
for (const name of existsSync('dist') ? readdirSync('dist') : []) {
  if (withTypes || !name.startsWith('types')) rmSync(join('dist', name), { recursive: true });
}

// Everything is CommonJS: programs start ten milliseconds sooner, and Jest, with its own module
// system, loads nothing else. The library's two entry points have ES modules that re-export. Each
// file costs half a millisecond to load, so the chunks follow use: what every command needs, and
// what every reading of a payload needs. Problems are a separate chunk, since the writer thread
// needs them without the command line.
const everywhere = new Set();
const undiciParts = [
  // Only undici's client for one connection is used; its entry point loads three times as much.
  {
    by: join(process.cwd(), 'src'),
    imports: 'undici',
    instead: `import Client from ${JSON.stringify(resolve('node_modules/undici/lib/dispatcher/client.js'))};
      export { Client };`,
  },
  // Calls use HTTP/1.1, and their bodies are bytes.
  { by: 'undici', imports: './client-h2.js', instead: 'module.exports = undefined;' },
  { by: 'undici', imports: '../web/fetch/body.js', instead: 'module.exports = {};' },
];
const leftOut = [
  ...undiciParts,
  // commander supports subcommands as programs, and for them loads what takes longer than commander
  // itself.
  { by: 'commander', imports: 'node:child_process', instead: 'export {};' },
  // bullmq supports calendar schedules, which take a quarter of its size.
  { by: 'bullmq', imports: 'cron-parser', instead: 'export const CronExpressionParser = null;' },
  // msgpackr uses an optional native addon.
  { by: 'msgpackr', imports: 'msgpackr-extract', instead: 'module.exports = missing;' },
];
// Also in bundled libraries: see src/real-timers.ts.
const realTimers = Object.fromEntries(
  ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval']
    .concat(['setImmediate', 'clearImmediate', 'queueMicrotask', 'performance'])
    .map((name) => [name, [resolve('src/real-timers.ts'), name]]),
);
const program = await bundle({
  input: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    testing: 'src/testing.ts',
    'tunnel-guard': 'src/tunnel/guard.ts',
  },
  format: 'cjs',
  extension: 'cjs',
  plugins: [leaveOut(leftOut), shortenLua(), findImportsOf('src/main.ts', everywhere)],
  groups: [
    { name: 'problems', test: /src\/(?:problems\/|package-root|real-timers)/ },
    {
      name: 'start',
      test: (id) =>
        everywhere.has(id) ||
        /src\/(?:output\/(?!capture-|record-|rate-|queue-|skip-|shell-|call-)|cli\/reporter)/.test(
          id,
        ),
    },
    {
      name: 'payload',
      test: /src\/payload\/(?!build\/|paste\/|redact\/|schema|documented-fields)/,
    },
  ],
});
// A thread loads no part of the command line: the chunks above would take it 40 ms and some megabytes.
const threads = await bundle({
  input: {
    'store-writer': 'src/store/writer.ts',
    'store-maintenance': 'src/store/maintenance-thread.ts',
    'store-lock-probe': 'src/store/lock-probe.ts',
    'store-statistics': 'src/store/statistics-thread.ts',
    'inspector-thread': 'src/inspector/server/inspector-thread.ts',
    'decode-thread': 'src/inspector/server/decode-thread.ts',
  },
  format: 'cjs',
  extension: 'cjs',
  plugins: [leaveOut(undiciParts)],
  groups: [],
});
for (const face of ['index', 'testing']) writeModule(face);
const page = await bundlePage();
const completion = await writeCompletionScripts();
const modules = [...program, ...threads, ...page, { id: completion, bytes: 0 }];
writeFileSync(join('dist', 'licenses.txt'), bundledLicences(modules));

if (withTypes) {
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.declarations.json'], { stdio: 'inherit' });
  // A copy of the declarations that TypeScript reads as CommonJS.
  cpSync(join('dist', 'types'), join('dist', 'types-cjs'), { recursive: true });
  writeFileSync(join('dist', 'types-cjs', 'package.json'), '{ "type": "commonjs" }\n');
}

/**
 * Re-exports the CommonJS of an entry point as an ES module, so that there is only one `Problem`.
 */
function writeModule(name) {
  const names = Object.keys(createRequire(import.meta.url)(`../dist/${name}.cjs`)).sort();
  const text = `import face from './${name}.cjs';\nexport const { ${names.join(', ')} } = face;\n`;
  writeFileSync(join('dist', `${name}.js`), text);
}

/** Builds into dist, and resolves to the bundled modules. */
async function bundle({ input, format, extension, plugins, groups }) {
  const build = await rolldown({
    input,
    platform: 'node',
    // Plugins do not see these. Node's own modules are external anyway.
    external: ['libsql', 'zod'],
    plugins,
    transform: { inject: realTimers },
  });
  const { output } = await build.write({
    dir: 'dist',
    format,
    minify: true,
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name]-[hash].${extension}`,
    codeSplitting: { groups },
  });
  await build.close();
  return modulesOf(output);
}

/** Builds the inspector's page into dist/inspector, and resolves to its modules. */
async function bundlePage() {
  const source = join('src', 'inspector', 'page');
  const build = await rolldown({
    input: { page: join(source, 'main.tsx') },
    platform: 'browser',
  });
  const { output } = await build.write({
    dir: join('dist', 'inspector'),
    format: 'esm',
    minify: true,
  });
  await build.close();
  for (const name of ['index.html', 'icon.svg']) {
    copyFileSync(join(source, name), join('dist', 'inspector', name));
  }
  // page.css defines what the others refer to.
  const styles = readdirSync(source, { recursive: true })
    .filter((name) => name.endsWith('.css') && name !== 'page.css')
    .sort();
  const texts = ['page.css', ...styles].map((name) => readFileSync(join(source, name), 'utf8'));
  writeFileSync(join('dist', 'inspector', 'page.css'), texts.join('\n'));
  return modulesOf(output);
}

/**
 * Writes the shells' completion scripts into dist/completion, and resolves to the module that
 * generated them, which is not needed at run time. bash has our own script: the library's requires
 * bash-completion, cannot be sourced twice, and executes typed text.
 */
async function writeCompletionScripts() {
  mkdirSync(join('dist', 'completion'));
  copyFileSync(
    join('src', 'commands', 'completion', 'completion.bash'),
    join('dist', 'completion', 'bash'),
  );
  const { script } = await import('@bomb.sh/tab');
  const print = console.log;
  for (const shell of ['zsh', 'fish', 'powershell']) {
    let text = '';
    console.log = (printed) => {
      text = printed;
    };
    script(shell, 'netcore-hook', 'netcore-hook --no-config completion');
    console.log = print;
    writeFileSync(join('dist', 'completion', shell), corrected(shell, text));
  }
  return fileURLToPath(import.meta.resolve('@bomb.sh/tab'));
}

/**
 * Inserts typed text verbatim without executing it, and keeps quoted words with spaces together.
 */
function corrected(shell, text) {
  if (shell !== 'zsh') return text;
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are the shell's
  const flaws = [
    ['flagPrefix="-P ${BASH_REMATCH}"', 'flagPrefix="-P ${(q)BASH_REMATCH}"'],
    ['words=( "${=words[1,CURRENT]}" )', 'words=( "${(@)words[1,CURRENT]}" )'],
    ['args_to_quote=("${(@)words[2,-1]}")', 'args_to_quote=("${(@Q)words[2,-1]}")'],
  ];
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are the shell's
  return flaws.reduce((script, [flaw, instead]) => {
    if (!script.includes(flaw)) throw new Error('The script for zsh has changed: read it again.');
    return script.replace(flaw, () => instead);
  }, text);
}

/** The id of each module, and its remaining bytes before minification. */
function modulesOf(output) {
  return output.flatMap(({ modules = {} }) =>
    Object.entries(modules).map(([id, { renderedLength }]) => ({ id, bytes: renderedLength })),
  );
}

/** The package folder of a module; undefined for our own. */
function packageFolder(id) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
}

/** Collects a file's static imports, without dynamic ones. */
function findImportsOf(path, found) {
  return {
    name: 'find-imports',
    buildEnd() {
      const visit = (id) => {
        if (found.has(id)) return;
        found.add(id);
        for (const imported of this.getModuleInfo(id)?.importedIds ?? []) visit(imported);
      };
      visit(join(process.cwd(), path));
    },
  };
}

/** Replaces unused imports of packages or folders. */
function leaveOut(parts) {
  const mark = '\0left-out-';
  const lies = (path, by) => path.startsWith(`${by}/`) || path.includes(`/node_modules/${by}/`);
  const unmet = new Set(parts);
  return {
    name: 'leave-out',
    resolveId(name, importer) {
      const index = parts.findIndex(
        (part) => part.imports === name && importer && lies(importer, part.by),
      );
      unmet.delete(parts[index]);
      return index < 0 ? undefined : `${mark}${index}`;
    },
    buildEnd(error) {
      if (error) return;
      // Otherwise a rename in a library would silently bundle the part again.
      for (const { by, imports } of unmet) throw new Error(`${by} does not import ${imports}.`);
    },
    load: (id) => (id.startsWith(mark) ? parts[id.slice(mark.length)].instead : undefined),
  };
}

/** Removes comments and indentation from bullmq's Lua scripts: a third of their size. */
function shortenLua() {
  return {
    name: 'shorten-lua',
    transform: {
      filter: { id: /\/bullmq\/dist\/\w+\/scripts\// },
      handler: (code) =>
        code
          .replace(/--\[\[[\s\S]*?\]\]/g, '')
          .replace(/^\s*--.*$/gm, '')
          .replace(/^\s+/gm, ''),
    },
  };
}

/** The licence text of every bundled package. */
function bundledLicences(modules) {
  const folders = new Set(modules.flatMap(({ id }) => packageFolder(id) ?? []));
  const texts = [...folders].sort().flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = `${manifest.name} ${manifest.version} (${manifest.license})\n\n${licenceText(folder)}`;
    if (manifest.name !== 'undici') return text;
    // Its parser is a compiled foreign project, which its package does not credit.
    return [text, `llhttp, in undici (MIT)\n\n${mitLicence('Fedor Indutny, 2018')}`];
  });
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}

function licenceText(folder) {
  const name = readdirSync(folder).find((each) => /^licen[cs]e(?:\.\w+)?$/i.test(each));
  if (!name) return statedLicence(folder);
  return readFileSync(join(folder, name), 'utf8');
}

/** For a package that names its author and licence without the text. */
function statedLicence(folder) {
  const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const holder = typeof author === 'string' ? author : author?.name;
  if (license !== 'MIT' || !holder) throw new Error(`${folder} ships no licence.`);
  return mitLicence(holder);
}

function mitLicence(holder) {
  return readFileSync('LICENSE', 'utf8').replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}
