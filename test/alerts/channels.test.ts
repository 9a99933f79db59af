import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeAlert } from '../../src/alerts/alert.js';
import { commandChannel } from '../../src/alerts/command-channel.js';
import { urlChannel } from '../../src/alerts/url-channel.js';
import { createSender } from '../../src/call/send.js';
import { processHost } from '../../src/host.js';
import { nobodyThere, serve, serveRaw } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const alert = describeAlert(
  {
    kind: 'breaker_opened',
    to: 'http://127.0.0.1:3000/',
    status: 500,
    reason: 'it\'s "$(down)"\n`now`',
  },
  Date.UTC(2026, 10, 23, 12),
  0,
);

const host = processHost();
const never = new AbortController().signal;

describe('--alert-command', () => {
  function command(words: string, limit?: number) {
    const folder = temporaryFolder();
    return { folder, channel: commandChannel(words, { ...host, cwd: folder }, limit) };
  }

  test('gets the alert on its stdin, and in short in its environment', async () => {
    const words =
      'cat > alert.json; printf "%s|%s" "$NETCORE_HOOK_ALERT" "$NETCORE_HOOK_ALERT_MESSAGE" > short.txt; echo noise';
    const { folder, channel } = command(words);
    expect(await channel.deliver(alert, never)).toBe(undefined);
    const line = readFileSync(join(folder, 'alert.json'), 'utf8');
    expect(line).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(line)).toEqual({ schema: 1, type: 'alert', ...alert });
    expect(readFileSync(join(folder, 'short.txt'), 'utf8')).toBe(`breaker_opened|${alert.message}`);
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
    expect(await command(words).channel.deliver(alert, never)).toBe(expected);
  });

  test('that is not there is said by the shell', async () => {
    const { channel } = command('no-such-command-anywhere');
    expect(await channel.deliver(alert, never)).toMatch(/^It ended with 127: .*not found/);
  });

  test('whose folder is gone could not be run', async () => {
    const channel = commandChannel('true', { ...host, cwd: '/nonexistent/folder' });
    expect(await channel.deliver(alert, never)).toBe('It could not be run: it does not exist.');
  });

  test('that takes too long is killed, with all that it started', async () => {
    const { folder, channel } = command('sleep 60 & echo $! > child.pid; sleep 60', 300);
    expect(await channel.deliver(alert, never)).toBe('It took longer than 0.3 s.');
    const child = Number(readFileSync(join(folder, 'child.pid'), 'utf8'));
    while (lives(child)) await new Promise(setImmediate);
  });

  test('is killed when there is no time left', async () => {
    const stop = new AbortController();
    const { channel } = command('sleep 60; true');
    const delivered = channel.deliver(alert, stop.signal);
    stop.abort();
    expect(await delivered).toBe('It was stopped because it timed out.');
    expect(await channel.deliver(alert, stop.signal)).toBe('It was stopped because it timed out.');
  });

  test('need not read what it is told', async () => {
    const long = { ...alert, details: { reason: 'x'.repeat(1_000_000) } };
    expect(await command('exit 0').channel.deliver(long, never)).toBe(undefined);
  });

  test('that complains without end is quoted from the start', async () => {
    const { channel } = command('yes "not today" | head -c 5000000 >&2; exit 1');
    expect((await channel.deliver(alert, never))?.length).toBeLessThan(350);
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

describe('--alert-url', () => {
  function channelTo(url: URL) {
    const sender = createSender({ timeout: 5_000, connections: 4, insecure: false });
    onTestFinished(() => sender.close());
    const credentials = { user: 'shop', password: 'secret' };
    return urlChannel({ url, credentials, userAgent: 'netcore-hook/0' }, sender);
  }

  test('is posted the alert as JSON, with a text that chat services show', async () => {
    const bodies: string[] = [];
    const headers: unknown[] = [];
    const url = await serve((request, response) => {
      headers.push([
        request.method,
        request.headers['content-type'],
        request.headers.authorization,
      ]);
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(204).end();
      });
    });
    expect(await channelTo(url).deliver(alert, never)).toBe(undefined);
    expect(headers).toEqual([['POST', 'application/json', 'Basic c2hvcDpzZWNyZXQ=']]);
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      { text: alert.message, schema: 1, type: 'alert', ...alert },
    ]);
  });

  test.each([302, 404, 500])('that answers %i has failed', async (status) => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end());
    });
    expect(await channelTo(url).deliver(alert, never)).toBe(`It answered ${status}.`);
  });

  test('that cannot be reached has failed', async () => {
    const url = await nobodyThere();
    expect(await channelTo(url).deliver(alert, never)).toBe(`Nothing is listening at ${url.host}.`);
  });

  test('is not waited for when there is no time left', async () => {
    const stop = new AbortController();
    const channel = channelTo(await serveRaw(() => {}));
    const delivered = channel.deliver(alert, stop.signal);
    stop.abort();
    expect(await delivered).toBe('It was stopped because it timed out.');
  });
});
