import { expect, onTestFinished, test } from 'vitest';
import { cloudflared } from '../../src/tunnel/cloudflared.js';
import type { ProbeFailure } from '../../src/tunnel/proof.js';
import { Tunnel } from '../../src/tunnel/tunnel.js';
import { type Cloudflared, installCloudflared } from '../helpers/cloudflared.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { until } from '../helpers/until.js';

const silence: ProbeFailure = { reason: 'There was no answer within 10 s.', isPermanent: false };

/** A tunnel whose address is asked by the test, in time that passes as the test lets it. */
function openTunnel(program: Cloudflared) {
  const clock = createFakeClock();
  const told: string[] = [];
  const doubts: { next: ProbeFailure | undefined; asked: number } = { next: undefined, asked: 0 };
  const tunnel = new Tunnel({
    program: cloudflared(`${program.env.PATH}/cloudflared`, {
      secure: false,
      address: '127.0.0.1',
      port: 4400,
    }),
    host: { env: program.env, cwd: '/', platform: 'linux', killGroup: () => {} },
    ask: async () => {
      doubts.asked += 1;
      return doubts.next;
    },
    clock,
    events: {
      opened: () => told.push('opened'),
      silent: (_, { reason }) => told.push(`silent: ${reason}`),
      lost: () => told.push('lost'),
    },
  });
  tunnel.over.catch(() => {});
  onTestFinished(() => tunnel.close());
  const asked = (times: number) => until(() => doubts.asked >= times, `${times} times asked`);
  return { tunnel, clock, told, doubts, asked };
}

test('an address that never answers is told after a minute, and asked further', async () => {
  const { clock, told, doubts, asked, tunnel } = openTunnel(installCloudflared());
  doubts.next = silence;
  await asked(1);
  await clock.pass(58_000);
  expect(told).toEqual([]);
  await clock.pass(3_000);
  expect(told).toEqual(['silent: There was no answer within 10 s.']);
  doubts.next = undefined;
  await clock.pass(10_000);
  expect(told.slice(1)).toEqual(['opened']);
  await tunnel.close();
});

test('a wrong certificate is told at once: no time mends it', async () => {
  const program = installCloudflared();
  const { told, doubts, asked } = openTunnel(program);
  doubts.next = { reason: 'The certificate has expired.', isPermanent: true };
  await asked(1);
  await until(() => told.length > 0, 'what is told');
  expect(told).toEqual(['silent: The certificate has expired.']);
});

test('an address that answers no more is told after three misses, and when it does again', async () => {
  const { clock, told, doubts, asked } = openTunnel(installCloudflared());
  await asked(1);
  await until(() => told.length > 0, 'what is told');
  doubts.next = silence;
  await clock.pass(60_000);
  await clock.pass(10_000);
  expect(told).toEqual(['opened']);
  await clock.pass(10_000);
  expect(told).toEqual(['opened', 'silent: There was no answer within 10 s.']);
  doubts.next = undefined;
  await clock.pass(10_000);
  expect(told.slice(2)).toEqual(['opened']);
});

test('a program that tells no address within a minute is ended, and that is a problem', async () => {
  const program = installCloudflared('mute');
  const { clock, tunnel, told } = openTunnel(program);
  const failure = expect(tunnel.over).rejects.toMatchObject({
    code: 'tunnel_not_opened',
    message: 'cloudflared could not open a tunnel: it printed no address within 60 s.',
  });
  await program.started();
  await clock.pass(60_000);
  await failure;
  await program.gone();
  expect(told).toEqual([]);
});

test('a program that ends before its address was told of is a problem, and not tried again', async () => {
  const program = installCloudflared();
  const { tunnel, doubts, asked } = openTunnel(program);
  doubts.next = silence;
  await asked(1);
  process.kill((await program.started()).pid, 'SIGKILL');
  await expect(tunnel.over).rejects.toMatchObject({ code: 'tunnel_not_opened' });
  expect(program.starts()).toHaveLength(1);
});

test('starts that fail one after the other come later and later', async () => {
  const program = installCloudflared();
  const { clock, told, asked, doubts } = openTunnel(program);
  await asked(1);
  await until(() => told.length > 0, 'what is told');
  // From now on nothing comes through, so no start is a success.
  doubts.next = silence;
  for (const [restart, delay] of [1_000, 2_000, 4_000].entries()) {
    const lost = told.filter((each) => each === 'lost').length;
    process.kill((await program.started(restart + 1)).pid, 'SIGKILL');
    await until(() => told.filter((each) => each === 'lost').length > lost, 'its loss');
    await clock.pass(delay - 1);
    expect(program.starts()).toHaveLength(restart + 1);
    await clock.pass(1);
    await program.started(restart + 2);
  }
});
