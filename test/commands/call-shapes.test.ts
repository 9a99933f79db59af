import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { CapturePage } from '../../src/inspector/api.js';
import { otherShapes, readableShapes } from '../helpers/call-shapes.js';
import { call } from '../helpers/http.js';
import { startInspector } from '../helpers/inspector.js';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { databaseOf, filesIn } from '../helpers/store.js';
import { until } from '../helpers/until.js';

interface Told {
  readonly type: string;
  readonly id: string;
  readonly events: readonly { readonly msgid: string }[];
  readonly problem: string | null;
  readonly outcome?: string;
  readonly skipped?: string;
}

const msgidOf = (shape: number) => `msg-${shape}`;
const lines = (out: string) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told);

/** A handler, and every body that it got, by the id of the capture. */
async function startHandler() {
  const bodies = new Map<string, Buffer>();
  const url = await serve(async (request, response) => {
    bodies.set(String(request.headers['x-netcore-hook-id']), await buffer(request));
    response.end();
  });
  return { url: url.href, bodies };
}

test('a payload is read in whatever shape it comes, by all that read calls, and sent on as it came', async () => {
  const shapes = readableShapes(msgidOf);
  const handler = await startHandler();
  const forwarding = ['--forward-to', handler.url, '--forward-channel', 'sms'];
  const listener = await startListener(['--json', '-c', 'sms', ...forwarding]);
  for (const { headers, body } of shapes) await call(listener.url, { headers, body });
  await until(() => handler.bodies.size === shapes.length, 'every call is forwarded');
  const { out } = await listener.stop();

  const named = (events: Told['events']) => events.map(({ msgid }) => msgid);
  const captures = lines(out).filter(({ type }) => type === 'capture');
  const byMsgid = new Map(captures.map((capture) => [capture.events[0]?.msgid, capture]));
  const told = (shape: number) => byMsgid.get(msgidOf(shape));
  expect(shapes.map(({ name }, at) => [name, told(at)?.skipped])).toEqual(
    shapes.map(({ name }) => [name, undefined]),
  );
  shapes.forEach(({ name, body }, at) => {
    expect([name, handler.bodies.get(told(at)?.id ?? '')]).toEqual([name, body]);
  });

  const store = ['--store', listener.store];
  const all = String(shapes.length);
  const list = await run(['history', 'list', '-c', 'sms', '--limit', all, '--json', ...store]);
  expect(
    lines(list.out)
      .flatMap(({ events }) => named(events))
      .reverse(),
  ).toEqual(shapes.map((_, at) => msgidOf(at)));
  const text = await run([
    'history',
    'list',
    '--text',
    'thane',
    '--limit',
    all,
    '--json',
    ...store,
  ]);
  // One of them comes from another town.
  expect(lines(text.out).length).toBe(shapes.length - 1);

  const inspector = await startInspector(filesIn(listener.store));
  const page = await inspector.get(`/api/captures?channel=sms&limit=${all}`);
  const { captures: listed } = JSON.parse(page.text) as CapturePage;
  expect(listed.map(({ events }) => events[0]?.msgid).reverse()).toEqual(
    shapes.map((_, at) => msgidOf(at)),
  );

  const again = await startHandler();
  await run(['replay', '-c', 'sms', '--to', again.url, '--yes', ...store]);
  shapes.forEach(({ name, body }, at) => {
    expect([name, again.bodies.get(told(at)?.id ?? '')]).toEqual([name, body]);
  });
});

test('what carries no payload is not forwarded, and that is said', async () => {
  const shapes = otherShapes();
  const handler = await startHandler();
  const listener = await startListener(['--json', '--forward-to', handler.url]);
  for (const { headers, body } of shapes) await call(listener.url, { headers, body });
  await call(listener.url, { method: 'GET' });
  const store = ['--store', listener.store];
  const skipped = databaseOf(filesIn(listener.store)).prepare(
    'select count(*) from deliveries where state = 5',
  );
  await until(() => skipped.first([])?.[0] === shapes.length + 1, 'all are skipped');
  const { queues } = JSON.parse((await run(['status', '--json', ...store])).out);
  expect(queues[0].unforwarded).toBe(shapes.length);
  const { out } = await run(['status', ...store]);
  expect(out).toContain(
    `${shapes.length} calls without readable data were not forwarded: netcore-hook history list --outcome skipped`,
  );
  const stopped = await listener.stop();
  const captures = lines(stopped.out).filter(({ type }) => type === 'capture');
  const expected = [...shapes.map(() => ['skipped', 'no_data']), ['skipped', 'no_post']];
  expect(captures.map(({ outcome, skipped }) => [outcome, skipped])).toEqual(expected);
  const list = await run(['history', 'list', '--outcome', 'skipped', '--json', ...store]);
  expect(lines(list.out).map(({ skipped }) => skipped)).toEqual(
    expected.map(([, reason]) => reason).reverse(),
  );
  const shown = await run(['history', 'show', 'last~1', ...store]);
  expect(shown.out).toContain('skipped, no field "data"');
  expect(handler.bodies.size).toBe(0);
});

test('a line says that a call was not forwarded, and how it would be', async () => {
  const handler = await startHandler();
  const listener = await startListener(['--forward-to', handler.url], { terminal: true });
  await call(listener.url, { body: 'order=1' });
  await listener.line(/Not forwarded: no field "data"\. --forward-all forwards it\./);
  await listener.stop();
});

test('a call whose events cannot be read is not forwarded where a filter wants some, and that is said', async () => {
  const handler = await startHandler();
  const filter = ['--forward-to', handler.url, '--forward-channel', 'sms'];
  const listener = await startListener(['--json', ...filter]);
  await call(listener.url, { body: 'data=%7B%22shop%22' });
  await listener.line(/"skipped":"unreadable"/);
  await listener.stop();
});

test('an alert says that a call was recorded and not forwarded; a probe is not worth one', async () => {
  const handler = await startHandler();
  const alerts: unknown[] = [];
  const url = await serve(async (request, response) => {
    alerts.push(JSON.parse(String(await buffer(request))));
    response.end();
  });
  const alerting = ['--forward-to', handler.url, '--alert-url', url.href];
  const listener = await startListener(alerting);
  await call(listener.url, { method: 'GET' });
  await call(listener.url, { body: 'order=1' });
  await until(() => alerts.length > 0, 'there is an alert');
  expect(alerts).toMatchObject([
    { kind: 'not_forwarded', details: { reason: 'no_data', to: handler.url } },
  ]);
  await listener.stop();
  expect(alerts.length).toBe(1);
});
