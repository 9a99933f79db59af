import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project } from '../helpers/project.js';
import { run } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const storeOf = async (words: readonly string[], options: Parameters<typeof run>[1]) => {
  const { out } = await run(['config', '--json', ...words], options);
  const settings = out.split('\n').map((line) => (line === '' ? {} : JSON.parse(line)));
  return settings.find(({ key }) => key === 'store').value;
};

describe('~ is the home folder, which no shell expands', () => {
  const home = '/home/asha';

  test('in a variable', async () => {
    const env = { NETCORE_HOOK_STORE: '~/captures' };
    expect(await storeOf([], { home, env })).toBe('/home/asha/captures');
  });

  test('behind an equals sign', async () => {
    expect(await storeOf(['--store=~/captures'], { home })).toBe('/home/asha/captures');
  });

  test('in the project file', async () => {
    const cwd = project({ store: '~/captures' });
    expect(await storeOf([], { home, cwd })).toBe('/home/asha/captures');
  });

  test('a name that begins with it is an ordinary name', async () => {
    expect(await storeOf(['--store=~captures'], { home, cwd: '/' })).toBe('/~captures');
  });

  test('behind the @ of credentials', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'shop.auth'), 'shop:s3cret\n', { mode: 0o600 });
    const { exit, out } = await run(
      ['send', '-c', 'email', '--to', ':9', '--print', 'curl', '--auth', '@~/shop.auth'],
      {
        home: folder,
      },
    );
    expect({ exit, user: out.includes("-u 'shop") }).toEqual({ exit: 0, user: true });
  });
});

describe('a user without a home folder', () => {
  const home = undefined;

  test.each([[['history', 'list']], [['status']], [['queue']], [['listen', '--port', '0']]])(
    '%j says what is missing',
    async (words) => {
      const { exit, err } = await run(words, { home });
      expect({ exit, err }).toEqual({
        exit: 3,
        err: 'error  This user has no home folder.\n       Set HOME, or choose a folder with --store.\n       More: netcore-hook explain home_unknown\n',
      });
    },
  );

  test('has no store in config', async () => {
    expect(await storeOf([], { home })).toBeNull();
  });

  test('may use the folders that variables name', async () => {
    const data = temporaryFolder();
    expect(await storeOf([], { home, env: { XDG_DATA_HOME: data } })).toBe(
      join(data, 'netcore-hook', 'default'),
    );
  });
});

test('relative folders in XDG variables are ignored', async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, '.config', 'netcore-hook'), { recursive: true });
  writeFileSync(join(home, '.config', 'netcore-hook', 'config.json'), '{"port": 4500}');
  const env = { XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: 'config' };
  const { out } = await run(['config', '--json'], { home, env });
  expect(out).toContain(join(home, '.config', 'netcore-hook', 'config.json'));
  expect(await storeOf([], { home, env })).toBe(
    join(home, '.local', 'share', 'netcore-hook', 'default'),
  );
});
