import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { bodyOf } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const open = (params: object = {}) => ({
  channel: 'email',
  event: 'open',
  event_params: { email: 'asha@example.com', ts: 261123140005, ...params },
});
const learned = Array.from({ length: 20 }, () => open());

test('says once, in one line, that a field or a type appears, also after a restart', async () => {
  const store = temporaryFolder();
  const file = join(store, 'fields.json');
  const first = await startListener([], { store });
  const post = (url: string, events: readonly unknown[]) =>
    call(url, { headers: formHeaders, body: bodyOf(events) });
  await post(first.url, learned);
  await until(() => statSync(file, { throwIfNoEntry: false }) !== undefined, 'the fields are kept');
  await post(first.url, [open({ score: 7, ts: '261123140005' }), open({ score: 8 })]);
  await first.line(
    /warning.*New in the payload: event_params\.ts \(text\) in email open, event_params\.score \(number, undocumented\) in email open\. All fields: netcore-hook --store \S+ history fields/,
  );
  const { err } = await first.stop();
  expect(err.match(/New in the payload/g)).toHaveLength(1);
  const second = await startListener([], { store });
  await post(second.url, [open({ score: 9 }), open({ tier: null })]);
  await second.line(
    /New in the payload: event_params\.tier \(null, undocumented\) in email open\./,
  );
  expect((await second.stop()).err).not.toContain('score');
  expect(readFileSync(file, 'utf8')).not.toMatch(/asha|261123/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
