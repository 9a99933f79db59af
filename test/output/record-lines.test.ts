import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readRecords } from '../../src/output/record-lines.js';

test('a line that is too long is refused before all of it is read', async () => {
  const megabyte = ' '.repeat(1024 * 1024);
  let megabytes = 0;
  function* endless() {
    yield '\n{';
    for (;;) {
      megabytes += 1;
      yield megabyte;
    }
  }
  const records = readRecords('-', { cwd: '/', stdin: Readable.from(endless()) });
  await expect(records.next()).rejects.toMatchObject({
    code: 'record_invalid',
    message: expect.stringContaining('Line 2 of stdin'),
  });
  expect(megabytes).toBeGreaterThan(255);
  expect(megabytes).toBeLessThan(300);
});
