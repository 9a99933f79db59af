import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readCredentials } from '../../src/cli/credentials.js';
import { globalOptions } from '../helpers/global-options.js';
import { start } from '../helpers/run.js';

const global = globalOptions();

test('a password is not asked for where the question would go into a file', async () => {
  const { host, finished } = start(['--version'], { terminal: true });
  await finished;
  const stderr = new PassThrough();
  const asked = readCredentials(
    { name: '--auth', value: 'netcore' },
    { host: { ...host, stderr }, global },
    () => {},
  );
  await expect(asked).rejects.toMatchObject({ code: 'needs_terminal' });
  expect(stderr.read()).toBeNull();
});
