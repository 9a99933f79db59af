import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { type Problem, playCalls } from '../../src/testing.js';
import { run } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const hour = 3_600_000;
const begin = Date.UTC(2026, 10, 24);

/** A file of three captures, received an hour apart. */
async function recorded() {
  const cwd = temporaryFolder();
  const bodies = ['data=%7B%22shop%22%3A%5B%5D%7D', 'data=%7B%7D', 'broken'];
  const { captures } = await recordCalls(
    bodies.map((body, index) => ({ body: Buffer.from(body), time: begin + index * hour })),
    join(cwd, 'store'),
  );
  const { out } = await run(['history', 'export', '--store', join(cwd, 'store')], { cwd });
  const file = join(cwd, 'calls.ndjson');
  writeFileSync(file, out);
  return { file, bodies, ids: captures.map(({ id }) => id), cwd };
}

async function handler() {
  const calls: { readonly body: string; readonly authorization: string | undefined }[] = [];
  const url = await serve(async (request, response) => {
    const body = String(await buffer(request));
    calls.push({ body, authorization: request.headers.authorization });
    response.statusCode = body === 'broken' ? 400 : 200;
    response.end(`call ${calls.length}`);
  });
  return { url, calls };
}

describe('playCalls', () => {
  test('sends recorded calls byte for byte, one after another, and resolves to the answers', async () => {
    const { file, bodies, ids } = await recorded();
    const { url, calls } = await handler();
    const answers = await playCalls(url, file, { speed: 'max', auth: 'netcore:secret' });
    expect(calls.map(({ body }) => body)).toEqual(bodies);
    expect(calls[0]?.authorization).toBe(`Basic ${btoa('netcore:secret')}`);
    expect(answers.map(({ capture }) => capture)).toEqual(ids);
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, 'call 1'],
      [200, 'call 2'],
      [400, 'call 3'],
    ]);
  });

  test('divides the gaps between calls by the speed', async () => {
    const { file } = await recorded();
    const { url, calls } = await handler();
    const started = performance.now();
    await playCalls(url, file, { speed: hour / 20 });
    expect(calls).toHaveLength(3);
    // Two gaps of 20 ms. A timer may fire a little early.
    expect(performance.now() - started).toBeGreaterThan(38);
  });

  test.each<[string, string, (made: Awaited<ReturnType<typeof recorded>>) => Promise<unknown>]>([
    [
      'a target that does not answer',
      'not_answered',
      async ({ file }) => playCalls(await nobodyThere(), file, { speed: 'max' }),
    ],
    [
      'a file that is missing',
      'file_not_read',
      ({ cwd }) => playCalls('http://127.0.0.1:9', join(cwd, 'none')),
    ],
    [
      'a speed of 0',
      'invalid_value',
      ({ file }) => playCalls('http://127.0.0.1:9', file, { speed: 0 }),
    ],
    ['another address', 'invalid_value', ({ file }) => playCalls('shop', file)],
  ])('reports %s', async (_, code, play) => {
    const failed = await play(await recorded()).catch((error: Problem) => error);
    expect(failed).toMatchObject({ code });
  });

  test('reports a file without captures, and one of another kind', async () => {
    const file = join(temporaryFolder(), 'calls.ndjson');
    writeFileSync(file, '');
    await expect(playCalls('http://127.0.0.1:9', file)).rejects.toMatchObject({
      code: 'nothing_to_replay',
    });
    writeFileSync(file, '{"shop":[]}\n');
    await expect(playCalls('http://127.0.0.1:9', file)).rejects.toMatchObject({
      code: 'record_invalid',
    });
  });
});
