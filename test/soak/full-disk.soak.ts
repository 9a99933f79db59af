import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call } from '../helpers/http.js';
import { comparedWith, markedBody } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print } from './figures.js';

const megabyte = 1024 * 1024;

test('a full disk answers 503 with the reason, keeps what was acknowledged, and recovers', async () => {
  const disk = temporaryFolder();
  // Needs the rights to mount.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
  const filler = join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(8 * megabyte));
  const store = join(disk, 'store');
  const listener = await spawnListener([], { store });
  const acknowledged: string[] = [];
  const post = async (mark: string) => {
    const answer = await call(listener.url, { body: markedBody(mark, 20_000) });
    if (answer.status === 200) acknowledged.push(mark);
    return answer;
  };

  let before = 0;
  for (; before < 5_000; before += 1) if ((await post(`1-${before}`)).status !== 200) break;
  const refusals = await Promise.all(Array.from({ length: 20 }, (_, at) => post(`2-${at}`)));
  const refused = refusals.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, text, headers } of refused) {
    expect({ status, text, after: headers['retry-after'] }).toEqual({
      status: 503,
      text: 'The call could not be recorded. Retry later.\n',
      after: '5',
    });
  }
  expect(
    listener
      .out()
      .split('\n')
      .find((line) => line.includes('refused')),
  ).toMatch(/503 {2}POST \/ {2}could not be recorded: database or disk is full, from /);
  const health = await call(`${listener.url}/_netcore-hook/health`, { method: 'GET' });
  expect(health).toMatchObject({ status: 503, text: '{"status":"failing"}\n' });

  rmSync(filler);
  let after = 0;
  for (let at = 0; at < 10; at += 1) if ((await post(`3-${at}`)).status === 200) after += 1;
  process.kill(listener.pid, 'SIGTERM');
  expect(await listener.ended).toBe(0);
  const { lost, twice } = await comparedWith(store, acknowledged);
  print('full disk', {
    'taken before it was full': before,
    refused: refused.length,
    'of 10 taken when there was room': after,
    lost,
    twice,
  });
  expect(after).toBe(10);
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
});
