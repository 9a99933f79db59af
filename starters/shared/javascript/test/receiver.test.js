import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'libsql';
import { post, sample, sendSample } from 'netcore-hook/testing';

const auth = 'netcore:secret';
const { main } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'receiver-'));
let server;
let url;

/** Starts the receiver on a free port, and resolves when it listens. */
async function start() {
  const [HOOK_USER, HOOK_PASSWORD] = auth.split(':');
  server = spawn(process.execPath, [main], {
    env: { ...process.env, DATA: folder, HOOK_USER, HOOK_PASSWORD, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const text of server.stdout) {
    [url] = /http:\S+/.exec(text) ?? [];
    if (url) return;
  }
}

function stop() {
  const ended = new Promise((resolve) => server.once('close', resolve));
  server.kill('SIGKILL');
  return ended;
}

/** The rows of a query, once there are as many as expected. */
async function rows(count, query) {
  const database = new Database(join(folder, 'events.db'));
  try {
    for (;;) {
      const found = database.prepare(query).all();
      if (found.length >= count) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    database.close();
  }
}

before(start);
after(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

test('stores each event once, also when Netcore repeats it', async () => {
  const batch = sample('email', 'click', { events: 20 });
  for (const _ of ['first', 'again']) {
    assert.equal((await post(url, batch, { auth })).status, 200);
  }
  await sendSample(url, 'sms', 'delivered', { auth, panel: 'another_panel' });
  await rows(1, "select * from events where panel = 'another_panel'");
  const clicks = await rows(20, "select * from events where activity = 'click'");
  assert.equal(clicks.length, 20);
});

test('answers the Test button 200, broken JSON 400, and a wrong password 401', async () => {
  assert.equal((await post(url, { body: '' }, { auth })).status, 200);
  assert.equal((await post(url, { body: 'data=%7B' }, { auth })).status, 400);
  assert.equal((await post(url, { body: '' }, { auth: 'netcore:guess' })).status, 401);
});

test('works on what it answered 200 after it was killed', async () => {
  const calls = Array.from({ length: 20 }, () => sample('rcs', 'click', { events: 50 }));
  for (const call of calls) assert.equal((await post(url, call, { auth })).status, 200);
  await stop();
  await start();
  const found = await rows(1000, "select * from events where channel = 'rcs'");
  assert.equal(found.length, 1000);
});
