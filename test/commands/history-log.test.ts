import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emailCall, parsed, queueOn, recordFor, shop } from '../helpers/queue-command.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('the journal lists what happened, with its user, and no contact', async () => {
  const folder = temporaryFolder();
  const store = ['--store', folder];
  const [id = ''] = await recordFor(folder, shop, [emailCall, emailCall, emailCall]);
  const listener = start(['listen', '--port', '0', '--no-inspect', ...store]);
  await listener.line(/"ready"|Listening/);
  listener.signal();
  await listener.finished;
  const { queue } = queueOn(folder);
  await queue(['pause']);
  await queue(['resume']);
  await queue(['retry', id]);
  await queue(['drop', id, '--yes']);
  const exported = await run(['history', 'export', ...store]);
  await run(['history', 'export', '--redact', ...store]);
  writeFileSync(join(folder, 'calls.ndjson'), exported.out);
  await run(['history', 'erase', '--who', 'asha@example.com', '--yes', ...store]);
  await run(['history', 'backup', join(folder, 'backup.db'), ...store]);
  await run(['history', 'prune', '--keep', '1', '--yes', ...store]);
  const { out, exit } = await run(['history', 'log', '--json', ...store]);
  expect(exit).toBe(0);
  const entries = parsed(out);
  expect(entries.map(({ kind }) => kind)).toEqual([
    ...['listener_started', 'listener_stopped', 'paused', 'resumed', 'retried', 'dropped'],
    ...['exported', 'exported', 'erased', 'backed_up', 'pruned'],
  ]);
  expect(entries[6]).toMatchObject({ user: 'asha', detail: { captures: 3, redacted: false } });
  expect(entries[7]).toMatchObject({ detail: { redacted: true } });
  expect(out).not.toContain('asha@example.com');
  const text = await run(['history', 'log', '--limit', '1', ...store]);
  expect(text.out).toMatch(/^\S+Z {2}\d captures? pruned {2}by asha\n$/);
  const status = await run(['status', '--since', '1h', ...store]);
  expect(status.out).toMatch(/ {2}3 captures exported, redacted {2}by asha\n.*No listener runs/s);
  const none = await run(['history', 'log', '--until', '2020-01-01', ...store]);
  expect(none).toMatchObject({ exit: 0, out: '', err: expect.stringContaining('no entry') });
});
