import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FailedCallNotice } from '../../src/output/notice.js';
import { needPrograms } from '../helpers/programs.js';
import { run } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const auth = "asha o'neil:cor$rect:horse";
const login = Buffer.from(auth).toString('base64');
const token = 'token-of-the-url';
const key = 'key-of-the-header';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly key: unknown;
  readonly expect: string | undefined;
  readonly body: string;
}

describe('--save-failures', () => {
  let cwd: string;
  let seen: Seen[];
  const failures = () => join(cwd, 'failures');
  const files = (end: string) => readdirSync(failures()).filter((name) => name.endsWith(end));
  const read = (name: string) => readFileSync(join(failures(), name), 'utf8');
  beforeEach(() => {
    cwd = temporaryFolder();
    seen = [];
  });

  /** Answers 500 to what fails, and says back what it was sent. */
  function endpoint(fails: (call: Seen) => boolean): Promise<URL> {
    return serve(async (request, response) => {
      const { authorization, 'content-type': type, 'x-api-key': apiKey } = request.headers;
      const body = (await buffer(request)).toString();
      const { method, url } = request;
      const call = { method, url, authorization, type, key: apiKey, expect: '', body };
      seen.push({ ...call, expect: request.headers.expect });
      const answer = `no table for ${authorization} ${url} ${apiKey}\u001b[2J`;
      response.setHeader('set-cookie', 'session=secret-session; Path=/');
      if (fails(call)) response.writeHead(500, { 'content-type': 'text/plain' }).end(answer);
      else response.writeHead(authorization === `Basic ${login}` ? 200 : 401).end();
    });
  }

  function runWith(url: URL, ...words: string[]) {
    const target = `${url.href}?source=${token}`;
    const secrets = ['--auth', auth, '-H', `X-Api-Key: ${key}`];
    return run(['test-endpoint', target, ...secrets, ...words], { cwd });
  }

  async function bash(script: string, env: Record<string, string> = {}, input = '') {
    const [path] = needPrograms('bash', 'curl');
    const running = promisify(execFile)(path, ['--norc', '-c', script], {
      env: { PATH: process.env.PATH, ...env },
    });
    running.child.stdin?.end(input);
    return running;
  }

  const secrets = {
    NETCORE_HOOK_AUTH: auth,
    NETCORE_HOOK_QUERY: `source=${token}`,
    X_API_KEY: key,
  };

  test('writes a command that repeats the call byte for byte, once it is given the secrets', async () => {
    const url = await endpoint(({ body }) => body.includes('pigeon'));
    const words = ['--suite', 'full', '--only', 'unknown', '--save-failures', 'failures'];
    const { exit, err } = await runWith(url, ...words);
    expect(exit).toBe(1);
    const script = join(failures(), 'unknown-1.sh');
    expect(err).toContain('1 failed call in failures. To repeat one: bash failures/unknown-1.sh\n');
    const original = seen.find(({ body }) => body.includes('pigeon'));
    expect(read('unknown-1.body')).toBe(original?.body);
    seen = [];
    const { stdout } = await bash(script, secrets);
    expect(stdout).toContain('500 Internal Server Error');
    expect(seen).toEqual([original]);
    await expect(bash(script)).rejects.toMatchObject({
      stderr: expect.stringContaining('NETCORE_HOOK_QUERY: Set it to the query of the URL'),
    });
    expect(seen).toHaveLength(1);
  });

  test('writes the answer with its head, and without control characters', async () => {
    const url = await endpoint(({ body }) => body.includes('pigeon'));
    await runWith(url, '--suite', 'full', '--only', 'unknown', '--save-failures', 'failures');
    expect(read('unknown-1.answer')).toMatch(/^HTTP 500\n(?:[\w-]+: .*\n)+\nno table for /);
    expect(read('unknown-1.answer')).toContain('\\u001b[2J');
    expect(read('unknown-1.answer')).toContain('set-cookie: session=…\n');
  });

  test('writes no secret, and only for the owner', async () => {
    const url = await endpoint(() => true);
    await runWith(url, '--suite', 'full', '--skip', 'path', '--save-failures', 'failures');
    expect(files('.sh').length).toBeGreaterThan(3);
    for (const name of readdirSync(failures())) {
      const mode = statSync(join(failures(), name)).mode & 0o777;
      expect(mode, name).toBe(name.endsWith('.sh') ? 0o700 : 0o600);
      expect(read(name), name).not.toMatch(
        /cor\$rect|bmVpbDpjb3|token-of-the-url|key-of-the-header|secret-session/,
      );
      expect(read(name), name).not.toContain(login);
    }
    expect(statSync(failures()).mode & 0o777).toBe(0o700);
  });

  test('repeats wrong logins that are made of the right one', async () => {
    const url = await endpoint(({ authorization = '' }) => {
      const [scheme = '', code = ''] = authorization.split(' ');
      const text = Buffer.from(code, 'base64').toString();
      return (
        (scheme !== 'Basic' && scheme !== '') ||
        text.startsWith(auth.replace(':', '-unknown:')) ||
        text.endsWith(':and-more')
      );
    });
    const words = ['--suite', 'full', '--only', 'refusals,scheme_case'];
    await runWith(url, ...words, '--save-failures', 'failures');
    const originals = seen.filter(({ authorization }) => authorization !== `Basic ${login}`);
    expect(files('.sh').length).toBeGreaterThan(3);
    for (const name of files('.sh')) {
      seen = [];
      await bash(join(failures(), name), secrets);
      expect(originals, read(name)).toContainEqual(seen[0]);
    }
  });

  test('replaces the files of the run before, and leaves those of others alone', async () => {
    let fails = true;
    const url = await endpoint(({ body }) => fails && body !== '');
    const words = ['--only', 'sample', '--save-failures', 'failures'];
    await runWith(url, ...words, '-c', 'all');
    expect(files('.sh')).toHaveLength(7);
    writeFileSync(join(failures(), 'notes.txt'), 'mine');
    await runWith(url, ...words);
    expect(readdirSync(failures()).sort()).toEqual([
      ...['failures.json', 'notes.txt', 'sample-1.answer', 'sample-1.body', 'sample-1.sh'],
    ]);
    fails = false;
    const { err } = await runWith(url, ...words);
    expect(err).toContain('No call failed');
    expect(readdirSync(failures()).sort()).toEqual(['failures.json', 'notes.txt']);
  });

  test('refuses a folder with other files, before it sends anything', async () => {
    const url = await endpoint(() => true);
    writeFileSync(join(cwd, 'mine.txt'), '');
    const full = await runWith(url, '--save-failures', '.');
    expect(full.exit).toBe(2);
    expect(full.err).toContain('contains other files');
    expect((await runWith(url, '--save-failures', 'mine.txt')).exit).toBe(3);
    expect((await runWith(url, '--save-failures', 'missing/failures')).exit).toBe(3);
    expect(seen).toEqual([]);
    expect(readdirSync(cwd)).toEqual(['mine.txt']);
  });

  test('removes nothing beyond its folder, and writes through no link', async () => {
    const url = await endpoint(() => true);
    mkdirSync(failures());
    const victim = join(cwd, 'sample-1.sh');
    writeFileSync(victim, 'mine');
    const calls = [{ files: ['../sample-1.sh', victim] }];
    const manifest = JSON.stringify({ schema: 1, type: 'failures', calls });
    writeFileSync(join(failures(), 'failures.json'), manifest);
    symlinkSync(victim, join(failures(), 'sample-1.body'));
    const { exit, err } = await runWith(url, '--only', 'sample', '--save-failures', 'failures');
    expect(exit).toBe(3);
    expect(err).toContain('it already exists');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });

  test('is not needed for --json, whose findings hold the same calls', async () => {
    const url = await endpoint(({ body }) => body.length > 300_000);
    const { out } = await runWith(url, '--suite', 'full', '--only', 'batch_size,sample', '--json');
    const calls = out
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line).findings ?? [])
      .flatMap((each: { calls?: FailedCallNotice[] }) => each.calls ?? []);
    expect(calls).toHaveLength(1);
    const [call] = calls;
    expect(call).toMatchObject({ method: 'POST', status: 500, url: `${url.href}?source=…` });
    expect(call?.answer).toContain('no table for Basic <removed> /hook?source=<removed> <removed>');
    const original = seen.find(({ body }) => body.length > 300_000);
    seen = [];
    await bash(call?.curl ?? '', secrets, call?.body);
    expect(seen).toEqual([original]);
    expect(existsSync(failures())).toBe(false);
  });
});
