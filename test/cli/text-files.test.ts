import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../helpers/run.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const wide = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

/** The ways in which programs of Windows write a text. */
const encodings: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ['a byte order mark and CRLF', (text) => Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`)],
  ['UTF-16', (text) => wide(text.replaceAll('\n', '\r\n'))],
  ['UTF-16, big-endian', (text) => wide(text).swap16()],
];

describe.each(encodings)('a file with %s is read', (_, encode) => {
  const written = (text: string, name = 'file') => {
    const folder = temporaryFolder();
    const path = join(folder, name);
    writeFileSync(path, encode(text), { mode: 0o600 });
    return { folder, path };
  };

  test('by encode', async () => {
    const { path } = written('{"shop": [{"channel": "email"}]}\n');
    const { exit, out } = await run(['encode', path]);
    expect({ exit, out }).toEqual({
      exit: 0,
      out: 'data=%7B%22shop%22%3A%5B%7B%22channel%22%3A%22email%22%7D%5D%7D\n',
    });
  });

  test('by history import and replay --from', async () => {
    const { files } = await recordCalls([{}, {}]);
    const exported = await run(['history', 'export', '--store', files.folder]);
    const { path, folder } = written(exported.out);
    const store = join(folder, 'store');
    expect((await run(['history', 'import', path, '--store', store])).err).toContain('2 captures');
    const replayed = await run(['replay', '--from', path, '--print', 'form']);
    expect(replayed.out.match(/^data=/gm)).toHaveLength(2);
  });

  test('by history import, from a pipe', async () => {
    const { files } = await recordCalls([{}]);
    const exported = await run(['history', 'export', '--store', files.folder]);
    const store = join(temporaryFolder(), 'store');
    const words = ['history', 'import', '-', '--store', store];
    expect((await run(words, { input: encode(exported.out) })).err).toContain('1 capture');
  });

  test('as the project file', async () => {
    const { folder } = written('{\n"port": 4500\n}', 'netcore-hook.config.json');
    const { out } = await run(['config', 'listen'], { cwd: folder });
    expect(out).toMatch(/^port +4500 /m);
  });

  test('as the file of the user', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.config', 'netcore-hook'), { recursive: true });
    const path = join(home, '.config', 'netcore-hook', 'config.json');
    writeFileSync(path, encode('{"port": 4500}'));
    expect((await run(['config', 'listen'], { home, cwd: home })).out).toMatch(/^port +4500 /m);
  });

  test('as credentials', async () => {
    const { path } = written('shop:s3cret\n');
    const { exit, out } = await run([
      'send',
      '-c',
      'email',
      '--to',
      ':9',
      '--print',
      'curl',
      '--auth',
      `@${path}`,
    ]);
    expect({ exit, user: out.includes("-u 'shop'") }).toEqual({ exit: 0, user: true });
  });

  test('as a key of pseudonyms', async () => {
    const { path } = written('a secret\n');
    const decoded = (key: string) =>
      run(['decode', '--redact', '--redact-key', key, '{"shop":[{"email":"asha@example.com"}]}']);
    expect((await decoded(`@${path}`)).out).toBe((await decoded('a secret')).out);
  });
});
