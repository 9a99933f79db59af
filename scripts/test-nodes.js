// Runs the tests on every supported Node, from npm packages in a temporary folder: Linux and macOS,
// x64 and arm64. Ends with a table, and with exit code 1 if a test failed.
//
//   npm run test:nodes                            all tests on the oldest, and on the newest of each line
//   npm run test:nodes -- 20.19.0 26 test/store   these Nodes, these tests
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const words = process.argv.slice(2);
const isVersion = (word) => /^\d+(?:\.\d+){0,2}$/.test(word);
const named = words.filter(isVersion);
const nodes = named.length > 0 ? named : [oldestAdmitted(), '20', '22', '24', '26'];
const tests = words.filter((word) => !isVersion(word));
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-nodes-'));

try {
  const results = nodes.map((node) => runTests(node));
  console.log('\nnode        passed  failed  skipped  seconds');
  for (const { version, passed, failed, skipped, seconds } of results) {
    const figures = [String(passed).padStart(6), String(failed).padStart(6)];
    figures.push(String(skipped).padStart(7), seconds.toFixed(0).padStart(7));
    console.log(`${version.padEnd(10)}  ${figures.join('  ')}`);
  }
  if (results.some(({ failed, passed }) => failed > 0 || passed === 0)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The complete minimum version of `engines`: `>=20.19` means 20.19.0. */
function oldestAdmitted() {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [major, minor = '0', patch = '0'] = engines.node.replace('>=', '').split('.');
  return [major, minor, patch].join('.');
}

/** Fetches the newest Node of a line, and resolves to its folder. */
function fetchNode(wanted) {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(folder, wanted);
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error'];
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', ...quiet, '--prefix', prefix, `${name}@${wanted}`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return join(prefix, 'node_modules', name, 'bin');
}

function runTests(wanted) {
  const programs = fetchNode(wanted);
  const node = join(programs, 'node');
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\n# Node ${version}`);
  const report = join(folder, `${wanted}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
  const started = performance.now();
  const { status } = spawnSync(node, [vitest, 'run', ...reporters, ...tests], {
    stdio: 'inherit',
    env,
  });
  const seconds = (performance.now() - started) / 1000;
  return { version, seconds, ...countTests(report, status) };
}

/** Counts a file that failed to load, and an unexplained exit, as failures. */
function countTests(report, status) {
  let told;
  try {
    told = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = told.testResults.filter(
    ({ status: outcome, assertionResults }) =>
      outcome === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = told.numFailedTests + unloaded;
  return {
    passed: told.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: told.numPendingTests + (told.numTodoTests ?? 0),
  };
}
