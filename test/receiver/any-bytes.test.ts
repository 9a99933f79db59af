import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, exchange } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';

const sound =
  'POST /hook HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n' +
  'Content-Type: application/x-www-form-urlencoded\r\n\r\n6\r\ndata=1\r\n0\r\n\r\n';

/** What may stand in the way of a parser. */
const splinter = fc.oneof(
  fc.constantFrom('\r\n', '\n', '\r', '\0', ' ', '\t', ':', '\r\n\r\n', 'HTTP/1.1', '-1', ';', ','),
  fc.constantFrom(
    'Content-Length: 5\r\n',
    'Host: a\r\n',
    'Transfer-Encoding: x\r\n',
    ' folded\r\n',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[^\0-\xff]/g, '?')),
);

test('whatever bytes come are answered with sense or not at all, and the next call is taken', async () => {
  const listener = await startListener(['--json']);
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          at: fc.nat(sound.length),
          cut: fc.nat(20),
          put: splinter,
        }),
        { minLength: 1, maxLength: 4 },
      ),
      async (changes) => {
        let text = sound;
        for (const { at, cut, put } of changes)
          text = text.slice(0, at) + put + text.slice(at + cut);
        const answer = await exchange(listener.url, text, { halfClose: true }).catch(() => '');
        const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
        // 100 comes before an answer, and 505 is for versions that are not spoken.
        expect(['', '100', '200', '400', '405', '408', '413', '417', '431', '505']).toEqual(
          expect.arrayContaining(statuses),
        );
      },
    ),
    { numRuns: 300 },
  );
  expect((await call(listener.url, { body: 'data=1' })).status).toBe(200);
  const { out } = await listener.stop();
  expect(out).not.toContain('"bug"');
});
