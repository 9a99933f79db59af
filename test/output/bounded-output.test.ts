import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { BoundedOutput } from '../../src/output/bounded-output.js';

const line = (letter: string, length = 10) => `${letter.repeat(length)}\n`;
const tooMuch = 5 * 1024 * 1024;

/** A stream that takes what it is given when it is told to. */
function slowStream() {
  const taken: string[] = [];
  let go = () => {};
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      go = () => {
        taken.push(chunk.slice(0, 1));
        done();
      };
    },
  });
  return { stream, taken, take: () => go() };
}

test('a line larger than the room for what waits is written, and so is what follows it', () => {
  const { stream, taken, take } = slowStream();
  const missed: number[] = [];
  const output = new BoundedOutput(stream, (lines) => missed.push(lines));
  output.write(line('a'));
  output.write(line('b', tooMuch));
  take();
  take();
  output.write(line('c'));
  take();
  expect(taken).toEqual(['a', 'b', 'c']);
  expect(missed).toEqual([]);
});

test('what finds no room is counted, and told when there is room again', async () => {
  const { stream, taken, take } = slowStream();
  let tell: (lines: number) => void = () => {};
  const told = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const output = new BoundedOutput(stream, tell);
  output.write(line('a', tooMuch));
  output.write(line('b'));
  output.write(line('c'));
  take();
  expect(await told).toBe(2);
  output.write(line('d'));
  await new Promise(setImmediate);
  take();
  expect(taken).toEqual(['a', 'd']);
});
