import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/main.js';
import { roomToWrite } from '../../src/output/room-to-write.js';
import { start } from '../helpers/run.js';

/** Runs a command line whose stdout is this stream. */
async function runInto(stdout: Writable, argv: readonly string[]): Promise<number> {
  const { host, finished } = start(['--version']);
  await finished;
  return main(argv, { ...host, stdout });
}

const printing = ['send', '-c', 'email', '--to', ':1', '--print', 'form', '--count', '2000'];

describe('what writes much', () => {
  test('waits for a reader that is slow', async () => {
    let longest = 0;
    let lines = 0;
    const slow = new Writable({
      highWaterMark: 10_000,
      write(chunk: Buffer, _, done) {
        longest = Math.max(longest, slow.writableLength);
        lines += chunk.toString().split('\n').length - 1;
        setImmediate(done);
      },
    });
    expect(await runInto(slow, printing)).toBe(0);
    slow.end();
    await new Promise((resolve) => slow.once('finish', resolve));
    expect(lines).toBe(2000);
    expect(longest).toBeLessThan(20_000);
  });

  test.each(['--print form', '--json'])('ends when its reader has gone: %s', async (flag) => {
    let written = 0;
    let tried = 0;
    const broken = new Writable({
      write(_chunk, _, done) {
        written += 1;
        done(written < 3 ? null : Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
      },
    });
    broken.on('error', () => {});
    const write = broken.write.bind(broken);
    const counted = Object.assign(broken, {
      write(text: string) {
        tried += 1;
        return write(text);
      },
    });
    expect(await runInto(counted, [...printing, ...(flag === '--json' ? [flag] : [])])).toBe(0);
    expect(tried).toBe(3);
  });

  test('remembers a reader that left before the stream was usable again', async () => {
    const stream = new PassThrough();
    const hasRoom = roomToWrite(stream);
    expect(await hasRoom()).toBe(true);
    stream.emit('close');
    expect(await hasRoom()).toBe(false);
  });
});
