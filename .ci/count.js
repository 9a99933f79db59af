// Prints how many tests passed and failed, from vitest's JSON report and its exit code.
import { readFileSync } from 'node:fs';

const [file, exit] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
if (skipped > 0) process.stderr.write(`${skipped} tests were skipped, which counts as failing.\n`);
// A file that does not load, or a hook that fails, fails the file and none of its tests.
const brokenFiles = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
).length;
const failed = report.numFailedTests + brokenFiles + skipped;
// Vitest also exits with 1 for an error that nothing caught, after every test has passed.
process.stdout.write(`${report.numPassedTests} ${failed === 0 && exit !== '0' ? 1 : failed}\n`);
