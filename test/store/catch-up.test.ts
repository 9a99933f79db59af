import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { everyCapture } from '../../src/store/capture-query.js';
import { readOneUnread } from '../../src/store/catch-up.js';
import { bodyOf, databaseOf, historyOf, recordCalls } from '../helpers/store.js';

describe('catching up', () => {
  test('puts the events of a coded body into the index, once', async () => {
    const body = gzipSync(bodyOf([{ channel: 'sms', event: 'click' }, { channel: 'email' }]));
    const { files } = await recordCalls([{ body, headers: [['Content-Encoding', 'gzip']] }]);
    const database = databaseOf(files);
    expect(readOneUnread(database)).toBe(true);
    expect(readOneUnread(database)).toBe(false);
    expect(database.prepare('select channel, activity, position from events').all([])).toEqual([
      ['email', '', 1],
      ['sms', 'click', 0],
    ]);
    const [capture] = historyOf(files).captures(everyCapture, 'newest first');
    expect(capture?.events.length).toBe(2);
  });

  test('keeps why a body cannot be read, and does not try it again', async () => {
    const { files } = await recordCalls([{ headers: [['Content-Encoding', 'gzip']] }]);
    const database = databaseOf(files);
    expect([readOneUnread(database), readOneUnread(database)]).toEqual([true, false]);
    const [capture] = historyOf(files).captures(everyCapture, 'newest first');
    expect(capture?.problem).toContain('not the gzip');
  });
});
