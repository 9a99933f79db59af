import { expect, test } from 'vitest';
import { installCloudflared } from '../helpers/cloudflared.js';
import { spawnListener } from '../helpers/process.js';
import { isProcessAlive } from '../helpers/process-lives.js';
import { until } from '../helpers/until.js';

const words = ['--tunnel', '--auth', 'netcore:secret'];

test('a tunnel does not outlive its listener, even when that is killed', async () => {
  const cloudflared = installCloudflared('helped');
  const listener = await spawnListener(words, { env: cloudflared.env });
  const { pid, guard } = await cloudflared.started();
  expect(isProcessAlive(pid)).toBe(true);
  listener.process.kill('SIGKILL');
  await cloudflared.gone();
  await until(() => !isProcessAlive(guard), 'the end of the guard');
});

test('a tunnel whose guard is killed ends with it, and is opened again', async () => {
  const cloudflared = installCloudflared();
  const listener = await spawnListener(words, { env: cloudflared.env });
  const { pid, guard } = await cloudflared.started();
  process.kill(guard, 'SIGKILL');
  await until(() => !isProcessAlive(pid), 'the end of the program');
  await cloudflared.started(2);
  listener.process.kill('SIGTERM');
  expect(await listener.ended).toBe(0);
  await cloudflared.gone();
});
