// Run time of whole processes compared with `node -e 0`, in alternating runs, as ratios of medians:
// `--version`, `--help`, and `decode` of a 2 kB paste.
//
//   node bench/startup.js [runs] [path of another node]
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.js';
import { sampleBody } from './sample-body.js';

const runs = Number(process.argv[2] ?? 20);
const node = process.argv[3] ?? process.execPath;
const binary = fileURLToPath(new URL('../bin/netcore-hook.js', import.meta.url));
const paste = sampleBody();

const commands = [
  { name: 'node -e 0', words: ['-e', '0'] },
  { name: '--version', words: [binary, '--version'] },
  { name: '--help', words: [binary, '--help'] },
  { name: 'decode', words: [binary, 'decode', '-'], input: paste },
];
const times = commands.map(() => []);
for (let run = -2; run < runs; run += 1) {
  commands.forEach(({ words, input = '' }, index) => {
    const begun = process.hrtime.bigint();
    const { status } = spawnSync(node, words, { input, stdio: ['pipe', 'pipe', 'ignore'] });
    const milliseconds = Number(process.hrtime.bigint() - begun) / 1e6;
    if (status !== 0) throw new Error(`${commands[index].name} ended with ${status}.`);
    // The first rounds warm the caches.
    if (run >= 0) times[index].push(milliseconds);
  });
}

const bare = median(times[0]);
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
console.log(
  `node ${version}, medians of ${runs} alternating runs, a paste of ${paste.length} bytes`,
);
commands.forEach(({ name }, index) => {
  const middle = median(times[index]);
  console.log(
    `${name.padEnd(10)} ${middle.toFixed(1).padStart(6)} ms  ${(middle / bare).toFixed(2)} of bare`,
  );
});
