import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

interface Cost {
  readonly exit: number | null;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

const tellsCost = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  process.stderr.write(JSON.stringify({ cpuSeconds, megabytes: maxRSS / 1024 }));
});`;

// Memory can only be told of a process that does nothing else.
function decodeApart(paste: string, ...options: string[]): Cost {
  const preload = `data:text/javascript,${encodeURIComponent(tellsCost)}`;
  const words = ['--import', preload, 'bin/netcore-hook.js', 'decode', '--json', ...options, '-'];
  const { status, stderr } = spawnSync(process.execPath, words, {
    input: paste,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  const cost = JSON.parse(stderr.slice(stderr.lastIndexOf('{'))) as Omit<Cost, 'exit'>;
  return { exit: status, ...cost };
}

test.each([
  ['commands', 'curl -d \'data=%7B"\n'],
  ['commands on one line', 'curl '],
  ['commands without a body', 'curl \n'],
  ['commands in bent quotes', 'curl -d “{\n'],
  ['keys on lines', '{"a":"\n'],
  ['backslashes', '{\\"'],
  ['escaped lists', '[\\"'],
  ['bytes in hexadecimal', '{\\x22'],
  ['entities', '{&quot;'],
  ['tags', '<b>{"'],
  ['marked lines', '> {"\n'],
])('ten megabytes of %s are refused within time and memory', (_, piece) => {
  const cost = decodeApart(piece.repeat(10_000_000 / Buffer.byteLength(piece)));
  expect(cost.exit).toBe(1);
  expect(cost.cpuSeconds).toBeLessThan(3);
  expect(cost.megabytes).toBeLessThan(250);
});

test('what took all the effort is not gone through once more to be repaired', () => {
  const junk = '{&quot;\n'.repeat(1_250_000);
  const plain = decodeApart(junk);
  const repaired = decodeApart(junk, '--repair');
  expect(repaired.exit).toBe(1);
  expect(repaired.cpuSeconds).toBeLessThan(plain.cpuSeconds * 1.5);
});
