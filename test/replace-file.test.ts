import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSoakState } from '../src/commands/test-endpoint/soak-state.js';
import type { Soak, SoakFigures } from '../src/readiness/endurance/soak-record.js';
import type { Report } from '../src/readiness/reports/report.js';
import { writeReport } from '../src/readiness/reports/write-report.js';
import { removeFile, replaceFile } from '../src/replace-file.js';
import { startListener } from './helpers/listener.js';
import { makePipe } from './helpers/pipe.js';
import { temporaryFolder } from './helpers/temporary-folder.js';

/** A file that nothing may touch. */
function ownedByAnother(folder: string) {
  const path = join(folder, 'victim');
  writeFileSync(path, 'untouched', { mode: 0o640 });
  return {
    path,
    expectUntouched() {
      expect(readFileSync(path, 'utf8')).toBe('untouched');
      expect(statSync(path).mode & 0o777).toBe(0o640);
    },
  };
}

test('a link in the place of a file is replaced, and its target stays as it was', async () => {
  const folder = temporaryFolder();
  const victim = ownedByAnother(folder);
  const path = join(folder, 'file');
  symlinkSync(victim.path, path);
  await replaceFile(path, 'new', 0o600);
  victim.expectUntouched();
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a file that cannot be put in its place leaves nothing behind', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'taken'));
  await expect(replaceFile(join(folder, 'taken'), 'new')).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('nothing but a file is replaced or removed, since root could break a device for all', async () => {
  const folder = temporaryFolder();
  const pipe = join(folder, 'pipe');
  makePipe(pipe);
  for (const path of [pipe, '/dev/netcore-hook-test']) {
    await expect(replaceFile(path, 'new')).rejects.toThrow('it is not a file');
    await expect(removeFile(path)).rejects.toThrow('it is not a file');
  }
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

const url = new URL('http://127.0.0.1:4400/');
const soak = { url, soak: {} as Soak, channels: [] };
// Of a report, JSON holds its notices alone.
const report = { notices: [] } as unknown as Report;

test.each<[what: string, name: string, write: (folder: string) => Promise<unknown>]>([
  [
    'the ready file',
    'ready.json',
    (folder) => startListener(['--ready-file', join(folder, 'ready.json')]),
  ],
  ['a report', 'report.json', (folder) => writeReport(join(folder, 'report.json'), report)],
  [
    'the state of a soak',
    'soak',
    (folder) => writeSoakState(join(folder, 'soak'), soak, {} as SoakFigures),
  ],
])('%s does not go through a link that was laid for its draft', async (_, name, write) => {
  const folder = temporaryFolder();
  const victim = ownedByAnother(folder);
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(victim.path, `${path}.new`);
  await write(folder);
  victim.expectUntouched();
  expect(readFileSync(path, 'utf8')).toMatch(/^\{/);
});
