import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processIdentities } from '../src/process-identities.js';
import type { ProcessIdentity } from '../src/process-identity.js';
import { temporaryFolder } from './helpers/temporary-folder.js';

interface LinuxProcess {
  readonly started: number;
  readonly state?: string;
}

/** What Linux tells of its processes, the first of which asks. */
function linux(
  processes: Readonly<Record<number, LinuxProcess>>,
  { pid = 1, seen = pid }: { pid?: number; seen?: number } = {},
) {
  const proc = temporaryFolder();
  const write = (number: number, { started, state = 'S' }: LinuxProcess) => {
    const zeros = '0 '.repeat(18);
    mkdirSync(join(proc, `${number}`), { recursive: true });
    writeFileSync(
      join(proc, `${number}/stat`),
      `${number} (node) (x) ${state} ${zeros}${started} 0\n`,
    );
  };
  for (const [number, each] of Object.entries(processes)) write(Number(number), each);
  mkdirSync(join(proc, 'sys/kernel/random'), { recursive: true });
  writeFileSync(join(proc, 'sys/kernel/random/boot_id'), '5a1c7b0e-shop\n');
  mkdirSync(join(proc, `${seen}/ns`), { recursive: true });
  symlinkSync('pid:[4026531836]', join(proc, `${seen}/ns/pid`));
  symlinkSync('time:[4026531834]', join(proc, `${seen}/ns/time`));
  symlinkSync(`${seen}`, join(proc, 'self'));
  const lives = new Set(Object.keys(processes).map(Number));
  const identities = processIdentities({
    platform: 'linux',
    pid,
    isProcessAlive: (number) => lives.has(number),
    proc,
  });
  return { ...identities, proc };
}

describe('on Linux', () => {
  const shop = () =>
    linux({ 1: { started: 70 }, 12: { started: 500 }, 13: { started: 600, state: 'Z' } });

  test('a process is named by host, boot, namespace, number and start', () => {
    expect(shop().own).toEqual({
      pid: 1,
      started: '70',
      host: expect.any(String),
      boot: '5a1c7b0e-shop',
      namespace: 'pid:[4026531836]',
      clock: '5a1c7b0e-shop time:[4026531834]',
    });
  });

  test.each<[boolean, string, Partial<ProcessIdentity>]>([
    [false, 'that runs', {}],
    [true, 'whose number nobody has', { pid: 99 }],
    [true, 'whose number another has now', { started: '20' }],
    [true, 'that was killed and is a zombie', { pid: 13, started: '600' }],
    [false, 'of another namespace', { pid: 99, namespace: 'pid:[4026532207]' }],
    [false, 'of another boot', { pid: 99, boot: '0d2f' }],
    [false, 'of another machine', { pid: 99, host: 'shop-2' }],
    [false, 'of a machine that does not name its boot', { pid: 99, boot: '' }],
    [false, 'that did not say when it started', { started: '' }],
  ])('has ended: %s, of a process %s', (ended, _, difference) => {
    const { own, hasEnded } = shop();
    expect(hasEnded({ ...own, pid: 12, started: '500', ...difference })).toBe(ended);
  });

  test('the processes that /proc shows of another namespace are not taken for those of this one', () => {
    const inside = linux({ 1: { started: 70 }, 12: { started: 999 } }, { pid: 1, seen: 4711 });
    expect(inside.hasEnded({ ...inside.own, pid: 12, started: '500' })).toBe(false);
    expect(inside.hasEnded({ ...inside.own, pid: 99 })).toBe(true);
  });

  test('a process that /proc hides has not ended', () => {
    const hidden = linux({ 1: { started: 70 }, 12: { started: 500 } });
    rmSync(join(hidden.proc, '12'), { recursive: true });
    expect(hidden.hasEnded({ ...hidden.own, pid: 12, started: '500' })).toBe(false);
  });
});

describe.each([
  ['darwin', true],
  ['win32', true],
  ['freebsd', false],
  ['linux', false],
] as const)('on %s without /proc', (platform, ended) => {
  const { own, hasEnded } = processIdentities({
    platform,
    pid: 7,
    isProcessAlive: (pid) => pid === 7,
    proc: '/nonexistent',
  });

  test(`a process of this machine has ended when its number is free: ${ended}`, () => {
    expect(hasEnded({ ...own, pid: 8 })).toBe(ended);
    expect(hasEnded(own)).toBe(false);
    expect(hasEnded({ ...own, pid: 8, host: 'shop-2' })).toBe(false);
  });
});
