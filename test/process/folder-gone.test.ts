import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { binary } from '../helpers/process.js';

test('a working folder that is gone is a problem, and no bug', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const script = `rmdir "$PWD"; exec "${process.execPath}" "${binary}" status`;
  const { status, stderr } = spawnSync('sh', ['-c', script], { cwd, encoding: 'utf8' });
  expect({ status, lines: stderr.trim().split('\n') }).toEqual({
    status: 3,
    lines: [
      'error  The working folder no longer exists.',
      '       Change to an existing folder with cd.',
      '       More: netcore-hook explain working_folder_gone',
    ],
  });
});
