import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { needPrograms } from '../helpers/programs.js';
import { startRedis } from '../helpers/redis-server.js';
import { run, start } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { bodyOf } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const path = '/_netcore-hook/metrics';

const event = (webhook: string) => ({
  channel: 'sms',
  event: 'click',
  webhook_name: webhook,
  event_params: {},
});
const send = (url: string, webhook = 'Orders') =>
  call(url, { headers: formHeaders, body: bodyOf([event(webhook)]) });

function get(url: string, headers: Record<string, string> = {}) {
  return call(url, { method: 'GET', headers });
}

/** Asks again until the metrics hold this text. */
async function metricsWith(url: string, expected: string | RegExp): Promise<string> {
  let found = '';
  await expect
    .poll(
      async () => {
        found = (await get(url)).text;
        return found;
      },
      { timeout: 20_000, interval: 100 },
    )
    .toMatch(expected);
  return found;
}

describe('the metrics of listen', () => {
  test('count calls, events, refusals, attempts and the queue, as promtool accepts them', async () => {
    const [promtool] = needPrograms('promtool');
    const handler = await serve((incoming, response) => {
      incoming.resume().on('end', () => response.writeHead(410).end());
    });
    const listener = await startListener([
      ...['-f', handler.href, '--attempts', '1', '--metrics', '--path', '/hook'],
    ]);
    const url = new URL(path, listener.url).href;
    await metricsWith(url, 'netcore_hook_store_bytes');
    for (let count = 0; count < 3; count += 1) await send(listener.url);
    await send(new URL('/other', listener.url).href);
    const found = await metricsWith(url, /state="dead"} 3\n/);
    await metricsWith(url, 'netcore_hook_events_total{channel="sms",activity="click"} 3\n');
    const all = await metricsWith(
      url,
      `netcore_hook_queue_calls{target="${handler.href}",queue="",state="dead"} 3\n`,
    );
    for (const line of [
      'netcore_hook_calls_total{status="200"} 3',
      'netcore_hook_refused_calls_total{reason="other_path",status="404"} 1',
      'netcore_hook_answer_seconds_count 3',
      `netcore_hook_attempts_total{target="${handler.href}",state="dead"} 3`,
      `netcore_hook_handler_seconds_count{target="${handler.href}"} 3`,
      `netcore_hook_breaker_open{target="${handler.href}"} 0`,
    ]) {
      expect(found.split('\n')).toContain(line);
    }
    expect(all).toMatch(
      /^netcore_hook_last_call_timestamp_seconds\{panel="netcore_hook_test",webhook="Orders"\} 1\d{9}/m,
    );
    expect(all).toMatch(/^netcore_hook_disk_free_bytes \d+$/m);
    const checked = spawnSync(promtool, ['check', 'metrics'], { input: all, encoding: 'utf8' });
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('are served to this machine without a login, and to proxies and web pages only with one', async () => {
    const listener = await startListener(['--metrics', '--auth', 'netcore:correct-horse']);
    const url = new URL(path, listener.url).href;
    const answer = await get(url);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    });
    const authorization = `Basic ${Buffer.from('netcore:correct-horse').toString('base64')}`;
    for (const proxied of [
      { 'x-forwarded-for': '203.0.113.7' },
      { via: '1.1 proxy' },
      { host: 'shop.example.com' },
    ]) {
      expect((await get(url, proxied)).status).toBe(401);
      expect((await get(url, { ...proxied, authorization })).status).toBe(200);
    }
    expect((await call(url, { method: 'POST', body: 'x' })).status).toBe(401);
  });

  test('are not served beyond this machine when there are no logins', async () => {
    const listener = await startListener(['--metrics']);
    const url = new URL(path, listener.url).href;
    expect((await get(url, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(403);
  });

  test('are not served without --metrics', async () => {
    const listener = await startListener();
    const { status, text: body } = await get(new URL(path, listener.url).href);
    expect({ status, body }).toEqual({ status: 200, body: 'OK\n' });
  });

  test('have a port of their own, which only answers this machine', async () => {
    const listener = await startListener(['--metrics-port', '0', '--json']);
    const { metrics } = JSON.parse((await listener.line(/"ready"/)).input ?? '') as {
      metrics: string;
    };
    expect(metrics).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect((await get(metrics)).text).toContain('netcore_hook_build_info{version="');
    expect((await get(new URL('/other', metrics).href)).status).toBe(404);
    expect((await call(metrics, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await get(metrics, { host: 'shop.example.com' })).status).toBe(403);
    expect((await get(new URL(path, listener.url).href)).text).toBe('OK\n');
  });

  test('on a port in use are refused in one sentence', async () => {
    const taken = await serve((_incoming, response) => response.end());
    const { exit, err } = await run([
      ...['listen', '--port', '0', '--no-inspect', '--store', temporaryFolder(), '--json'],
      ...['--metrics-port', taken.port],
    ]);
    expect(JSON.parse(err)).toMatchObject({
      code: 'usage',
      message: `Metrics cannot be served on port ${taken.port}: it is already in use.`,
    });
    expect(exit).toBe(2);
  });
});

test('the metrics of queue work show its queue and its handler', async () => {
  const handler = await nobodyThere();
  const listener = await startListener(['-f', handler.href]);
  await send(listener.url);
  await listener.line(/<--|forwarded/);
  await listener.stop();
  const worker = start([
    ...['queue', 'work', '-f', handler.href, '--store', listener.store],
    ...['--metrics-port', '0', '--json'],
  ]);
  onTestFinished(async () => {
    worker.signal();
    await worker.finished;
  });
  const { metrics } = JSON.parse((await worker.line(/"working"/)).input ?? '') as {
    metrics: string;
  };
  await metricsWith(
    metrics,
    `netcore_hook_queue_calls{target="${handler.href}",queue="",state="delayed"} 1\n`,
  );
});

test('the metrics of a queue on Redis show its calls there, and the command of an alert names it', async () => {
  const redis = await startRedis();
  const alerts: Alert[] = [];
  const receiver = await serve(async (incoming, response) => {
    alerts.push((await json(incoming)) as Alert);
    response.end();
  });
  const handler = await serve((incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(410).end());
  });
  const listener = await startListener([
    ...['-f', handler.href, '--queue', redis.url, '--attempts', '1'],
    ...['--metrics', '--alert-url', receiver.href],
  ]);
  await send(listener.url);
  await metricsWith(
    new URL(path, listener.url).href,
    /^netcore_hook_queue_calls\{target="[^"]+",queue="redis:[^"]+",state="dead"\} 1$/m,
  );
  await until(() => alerts.length > 0, 'there is an alert');
  expect(alerts[0]?.command).toMatch(/queue list --dead --queue redis:\S+$/);
  await redis.kill();
  await send(listener.url);
  const isRaised = (kind: string) => () => alerts.some((alert) => alert.kind === kind);
  await until(isRaised('queue_failing'), 'the queue fails', 30_000);
  await redis.restart();
  await until(isRaised('queue_recovered'), 'the queue works again', 30_000);
});

test('the alert rules are accepted by promtool, and name only metrics that exist', async () => {
  const [promtool] = needPrograms('promtool');
  const file = fileURLToPath(
    new URL('../../contrib/prometheus/netcore-hook.rules.yml', import.meta.url),
  );
  const checked = spawnSync(promtool, ['check', 'rules', file], { encoding: 'utf8' });
  expect(checked).toMatchObject({ status: 0, stderr: '' });
  const source = readFileSync(new URL('../../src/forwarding/metrics.ts', import.meta.url), 'utf8');
  const known = [...source.matchAll(/`\$\{prefix\}(\w+)`/g)].map(([, name]) => name);
  const named = [...readFileSync(file, 'utf8').matchAll(/netcore_hook_(\w+)/g)];
  expect(named.length).toBeGreaterThan(8);
  for (const [, name] of named) expect(known).toContain(name);
});
