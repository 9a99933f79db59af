import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode, eventKey } from '../../src/index.js';
import { type Database, openDatabase } from '../../src/store/database.js';
import { parsed } from '../helpers/history-command.js';
import { runTool, spawnListener, spawnTool } from '../helpers/process.js';
import { serve } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** What is used of it: it comes without types. */
type Express = (() => RequestListener & {
  post(
    path: string,
    body: unknown,
    handle: (request: { readonly body: Buffer }, response: ServerResponse) => void,
  ): void;
}) & { raw(options: { type: () => boolean; limit: string }): unknown };

const express = createRequire(import.meta.url)('express') as Express;

/**
 * A handler that stores each event once, by its key. A second table of it makes the usual mistake: it
 * keeps one event of each message.
 */
function shopHandler(database: Database) {
  const columns = 'contact text, msgid text, activity text, ts text';
  database.execute(`create table events (event_key text primary key, ${columns})`);
  database.execute(`create table mistaken (${columns}, primary key (msgid))`);
  const insert = database.prepare('insert or ignore into events values (?, ?, ?, ?, ?)');
  const mistaken = database.prepare('insert or ignore into mistaken values (?, ?, ?, ?)');
  const app = express();
  app.post('/hook', express.raw({ type: () => true, limit: '1mb' }), (request, response) => {
    for (const [panel, events] of Object.entries(decode(request.body))) {
      for (const event of events) {
        const { foreignkey, ts } = event.event_params as Record<string, unknown>;
        const row = [foreignkey, event.msgid, event.event, ts].map(String);
        insert.run([eventKey(panel, event).key, ...row]);
        mistaken.run(row);
      }
    }
    response.end();
  });
  return app;
}

function writeTable(database: Database, table: string, path: string): void {
  const rows = database.prepare(`select contact, msgid, activity, ts from ${table}`).all([]);
  const header = 'contact,msgid,activity,ts';
  writeFileSync(path, [header, ...rows.map((row) => row.map(String).join(','))].join('\n'));
}

test('a store and a handler lack nothing of a simulation during which the listener was killed twice', async () => {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  writeFileSync(path('shop.db'), '');
  const database = openDatabase(path('shop.db'));
  const handler = new URL('/hook', await serve(shopHandler(database)));
  const forward = ['--forward-to', handler.href];
  const store = path('store');
  let listener = await spawnListener(forward, { store });
  const { port } = new URL(listener.url);
  const simulation = spawnTool([
    ...['simulate', 'broadcast', '-c', 'email', '--contacts', '400', '--seed', '5', '--over', '1h'],
    ...['--batch-max', '3', '--rate', '30', '--to', listener.url, '--truth', path('truth.ndjson')],
  ]);
  const lines = () =>
    existsSync(path('truth.ndjson'))
      ? readFileSync(path('truth.ndjson'), 'utf8').split('\n').length
      : 0;
  for (const number of [80, 280]) {
    await until(() => lines() > number, `${number} events were sent`);
    listener.process.kill('SIGKILL');
    await listener.ended;
    listener = await spawnListener([...forward, '--port', port], { store });
  }
  await simulation.ended;
  const reconcile = async (...words: string[]) => {
    const { exit, out } = await runTool(['reconcile', ...words, '--store', store, '--json']);
    return { exit, ...parsed(out)[0] };
  };
  const truth = ['--expect', path('truth.ndjson')];
  const whole = await reconcile(...truth);
  expect(whole).toMatchObject({ exit: 0, missing: 0, key: ['key'] });
  expect(whole.both).toBeGreaterThan(100);

  const table = ['--in', path('table.csv')];
  await until(async () => {
    writeTable(database, 'events', path('table.csv'));
    return (await reconcile(...table)).missing === 0;
  }, 'the handler has all that the listener stored');
  expect(await reconcile(...truth, ...table)).toMatchObject({ exit: 0, both: whole.both });

  writeTable(database, 'mistaken', path('mistaken.csv'));
  const lost = await reconcile(...truth, '--in', path('mistaken.csv'), '--missing', path('lost'));
  expect(lost.exit).toBe(1);
  // Of the only message, one event is left.
  expect(lost.missing).toBe(whole.both - 1);
  const contacts = readFileSync(path('lost'), 'utf8').match(/"contact":"[^"]+@example\.com"/g);
  expect(contacts).toHaveLength(lost.missing);
  database.close();
}, 60_000);
