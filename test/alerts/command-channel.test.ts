import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandChannel } from '../../src/alerts/command-channel.js';
import { processHost } from '../../src/host.js';
import { alertTime, described } from '../helpers/alerts.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const alert = described(
  {
    kind: 'breaker_opened',
    since: alertTime,
    to: 'http://127.0.0.1:3000/',
    status: 500,
    reason: 'it\'s "$(down)"\n`now` <b>',
  },
  { outlook: () => ({ firstGiveUp: undefined, diskFull: alertTime + 86_400_000 }) },
);
const host = processHost();
const never = new AbortController().signal;

const done = { delivered: true, answer: 'It ended with 0.' };
const failed = (answer: string) => ({ delivered: false, answer });

describe('--alert-command', () => {
  function command(words: string, limit?: number) {
    const folder = temporaryFolder();
    return { folder, channel: commandChannel(words, { ...host, cwd: folder }, limit) };
  }

  test('gets the alert on its stdin, and in its environment', async () => {
    const words = 'cat > alert.json; env -0 > variables; echo noise';
    const { folder, channel } = command(words);
    expect(await channel.deliver(alert, never)).toEqual(done);
    const line = readFileSync(join(folder, 'alert.json'), 'utf8');
    expect(line).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(line)).toEqual({ schema: 1, type: 'alert', ...alert });
    const variables = readFileSync(join(folder, 'variables'), 'utf8')
      .split('\0')
      .map((line) => /^NETCORE_HOOK_ALERT(\w*)=(.*)$/s.exec(line))
      .flatMap((match) => (match ? [[match[1], match[2]]] : []));
    expect(Object.fromEntries(variables)).toEqual({
      '': 'breaker_opened',
      _MESSAGE: alert.message,
      _TITLE: 'The handler is failing',
      _SEVERITY: 'warning',
      _STATE: 'firing',
      _KEY: 'netcore-hook/shop-1/default/handler/http://127.0.0.1:3000/',
      _TIME: '2026-11-23T12:00:00.000Z',
      _SINCE: '2026-11-23T12:00:00.000Z',
      _COUNT: '1',
      _HOST: 'shop-1',
      _LISTENER: 'http://127.0.0.1:4400/',
      _PROFILE: 'default',
      _LOSING: 'Nothing: calls are recorded, and wait for the handler.',
      _SAFE_UNTIL: '2026-11-24T12:00:00.000Z',
      _COMMAND: 'netcore-hook test-endpoint http://127.0.0.1:3000/',
    });
  });

  test.each([
    ['exit 0', undefined],
    ['true', undefined],
    ['sleep 5 2> /dev/null & exit 0', undefined],
    ['sleep 2 & exit 0', undefined],
    ['exit 7', 'It ended with 7.'],
    ['echo "no such user" >&2; exit 1', 'It ended with 1: no such user'],
    ['kill -9 $$', 'It was ended by SIGKILL.'],
  ])('%j: %s', async (words, expected) => {
    const delivery = await command(words).channel.deliver(alert, never);
    expect(delivery).toEqual(expected === undefined ? done : failed(expected));
  });

  test('that is not there is said by the shell', async () => {
    const { channel } = command('no-such-command-anywhere');
    expect(await channel.deliver(alert, never)).toMatchObject({
      delivered: false,
      answer: expect.stringMatching(/^It ended with 127: .*not found/),
    });
  });

  test('whose folder is gone could not be run', async () => {
    const channel = commandChannel('true', { ...host, cwd: '/nonexistent/folder' });
    expect(await channel.deliver(alert, never)).toEqual(
      failed('It could not be run: it does not exist.'),
    );
  });

  test('that takes too long is killed, with all that it started', async () => {
    const { folder, channel } = command('sleep 60 & echo $! > child.pid; sleep 60', 300);
    expect(await channel.deliver(alert, never)).toEqual(failed('It took longer than 0.3 s.'));
    const child = Number(readFileSync(join(folder, 'child.pid'), 'utf8'));
    while (lives(child)) await new Promise(setImmediate);
  });

  test('is killed when there is no time left', async () => {
    const stop = new AbortController();
    const { channel } = command('sleep 60; true');
    const delivered = channel.deliver(alert, stop.signal);
    stop.abort();
    const stopped = failed('It was stopped because it timed out.');
    expect(await delivered).toEqual(stopped);
    expect(await channel.deliver(alert, stop.signal)).toEqual(stopped);
  });

  test('need not read what it is told', async () => {
    const long = { ...alert, details: { reason: 'x'.repeat(1_000_000) } };
    expect(await command('exit 0').channel.deliver(long, never)).toEqual(done);
  });

  test('that complains without end is quoted from the start', async () => {
    const { channel } = command('yes "not today" | head -c 5000000 >&2; exit 1');
    expect((await channel.deliver(alert, never)).answer.length).toBeLessThan(350);
  });
});

/** A killed child that nobody has waited for is still there, but no longer runs. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
