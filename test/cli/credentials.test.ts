import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readCredentials, readCredentialsFile } from '../../src/cli/credentials.js';
import { globalOptions } from '../helpers/global-options.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

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

describe('a file of credentials', () => {
  const read = async (text: string) => {
    const name = join(temporaryFolder(), 'auth');
    writeFileSync(name, text, { mode: 0o600 });
    const { host } = start(['--version']);
    return readCredentialsFile('--auth', name, { host, global }, () => {});
  };
  const shop = { user: 'shop', password: 's3cret' };

  test.each([
    ['blanks at its ends', '  shop:s3cret\t \n'],
    ['comments and empty lines', '# of the shop\n\nshop:s3cret\n'],
    ['quotes', '"shop:s3cret"\n'],
    ['a variable', 'SHOP_AUTH=shop:s3cret\n'],
    ['a quoted variable of a shell', "export NETCORE_HOOK_AUTH='shop:s3cret'\n"],
    ['old line ends', 'shop:s3cret\r'],
  ])('may have %s', async (_, text) => {
    expect(await read(text)).toEqual([shop]);
  });

  test.each([
    ['cn=admin:s3cret', { user: 'cn=admin', password: 's3cret' }],
    ['shop:NAME=a:b', { user: 'shop', password: 'NAME=a:b' }],
    ['shop:"s3cret"', { user: 'shop', password: '"s3cret"' }],
    ['shop:a b # c', { user: 'shop', password: 'a b # c' }],
  ])('keeps %s as it is', async (text, credentials) => {
    expect(await read(text)).toEqual([credentials]);
  });

  test.each([
    ['U+200B', 'shop:s3\u200bcret'],
    ['U+00A0', 'sh\u00a0op:s3cret'],
    ['U+0007', 'shop:s3cret\u0007'],
  ])('must not contain %s', async (name, text) => {
    await expect(read(`other:pw\n${text}\n`)).rejects.toMatchObject({
      code: 'credentials_invalid',
      message: expect.stringContaining(`contains the invisible character ${name}`),
    });
  });
});

test.each([
  ['a line end', 'shop:s3cret\r\n'],
  ['quotes of an env file', '"shop:s3cret"'],
])('a variable may hold %s', async (_, NETCORE_HOOK_AUTH) => {
  const { out } = await run(['send', '-c', 'email', '--to', ':9', '--print', 'curl'], {
    env: { NETCORE_HOOK_AUTH },
  });
  expect(out).toContain("-u 'shop'");
});

test('a line end inside credentials is refused, without showing them', async () => {
  const env = { NETCORE_HOOK_AUTH: 'shop:s3\ncret' };
  const { exit, err } = await run(['send', '-c', 'email', '--to', ':9', '--print', 'curl'], {
    env,
  });
  expect({ exit, named: err.includes('NETCORE_HOOK_AUTH'), shown: err.includes('s3') }).toEqual({
    exit: 2,
    named: true,
    shown: false,
  });
  expect(err).toContain('U+000A');
});
