import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallestFailing } from '../../src/commands/replay/smallest-failing.js';
import { dataValue } from '../../src/payload/form-codec.js';
import { startReceiver } from '../helpers/receivers.js';
import { run } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('the smallest failing part', () => {
  test('is exactly what is to blame, wherever it stands in the list', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }).chain((length) =>
          fc.record({
            length: fc.constant(length),
            guilty: fc.uniqueArray(fc.integer({ min: 0, max: length - 1 }), {
              minLength: 1,
              maxLength: 3,
            }),
          }),
        ),
        async ({ length, guilty }) => {
          const all = Array.from({ length }, (_, index) => index);
          const found = await smallestFailing(all, async (some) =>
            guilty.every((index) => some.includes(index)),
          );
          expect([...found]).toEqual([...guilty].sort((a, b) => a - b));
        },
      ),
    );
  });

  test('is found in few tries when one of a thousand is to blame', async () => {
    let tries = 0;
    const all = Array.from({ length: 1000 }, (_, index) => index);
    const found = await smallestFailing(all, async (some) => {
      tries += 1;
      return some.includes(777);
    });
    expect(found).toEqual([777]);
    expect(tries).toBeLessThan(30);
  });
});

describe('replay --bisect', () => {
  const events = Array.from({ length: 12 }, (_, index) => ({
    channel: 'email',
    event: index === 7 ? 'bounce' : 'open',
    msgid: String(546 + index),
    event_params: { email: 'asha@example.com', price: 9990.9 },
  }));

  /** An endpoint that fails on a bounce, as one that only knows opens would. */
  async function endpoint(failing: (text: string) => boolean) {
    const ids: (string | string[] | undefined)[] = [];
    const url = await serve(async (request, response) => {
      const text = dataValue(await buffer(request)) ?? '';
      ids.push(request.headers['x-netcore-hook-id']);
      response.statusCode = failing(text) ? 500 : 200;
      response.end(failing(text) ? 'TypeError: no handler for bounce' : 'ok');
    });
    return { to: url.href, ids };
  }

  async function bisect(
    to: string,
    words: readonly string[] = [],
    calls = [{ body: bodyOf(events) }],
  ) {
    const { files, captures } = await recordCalls(calls);
    const cwd = temporaryFolder();
    const finished = await run(
      ['replay', 'last', '--bisect', '--to', to, '--store', files.folder, ...words],
      { cwd },
    );
    const file = join(cwd, `netcore-hook-${captures.at(-1)!.id.slice(0, 10)}.json`);
    return { ...finished, captures, cwd, file };
  }

  test('finds the event, shows it, and saves what send --data takes', async () => {
    const { to, ids } = await endpoint((text) => text.includes('bounce'));
    const { exit, out, file, captures, cwd } = await bisect(to);
    expect(exit).toBe(1);
    const short = captures[0]!.id.slice(0, 10);
    expect(out).toMatch(/^Fails with 1 of 12 events, found in \d+ tries:\n/);
    expect(out).toContain(`${short}.8  email  bounce  asha@example.com  msgid 553\n`);
    expect(out).toContain(`Saved in ${file}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ netcore_hook_test: [events[7]] });
    expect(new Set(ids).size).toBe(ids.length);
    const again = await run(['send', '--data', file, '--to', to], { cwd });
    expect(again).toMatchObject({ exit: 1, out: expect.stringContaining('no handler for bounce') });
  });

  test('tells programs each try and the result', async () => {
    const { to } = await endpoint((text) => text.includes('548') && text.includes('556'));
    const { out, file } = await bisect(to, ['--json']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'attempt', number: 1, status: 500 });
    expect(lines.at(-1)).toMatchObject({ type: 'bisected', fails: true, file });
    expect(lines.at(-1).events.map((event: { number: number }) => event.number)).toEqual([3, 11]);
  });

  test('says when there is nothing to find', async () => {
    const { to } = await endpoint(() => false);
    const { exit, out } = await bisect(to);
    expect(exit).toBe(0);
    expect(out).toContain('there is nothing to bisect');
  });

  test('says when nobody answers', async () => {
    const { href } = await nobodyThere();
    expect(await bisect(href)).toMatchObject({
      exit: 3,
      err: expect.stringContaining('no_answer'),
    });
  });

  test('blames no event for a connection that the endpoint closed after another', async () => {
    // What FastAPI makes of an exception: uvicorn closes the connection, and does not announce it.
    const url = await startReceiver('fastapi', 'raises');
    const { out } = await bisect(url.href, ['--json']);
    const { events: named } = JSON.parse(out.trimEnd().split('\n').at(-1)!);
    expect(named.map((event: { number: number }) => event.number)).toEqual([8]);
    expect(out).not.toContain('"status":null');
  }, 60_000);

  test('takes a batch, and one only', async () => {
    const { to } = await endpoint(() => true);
    const single = await bisect(to, [], [{ body: bodyOf(events.slice(0, 1)) }]);
    expect(single).toMatchObject({ exit: 1, err: expect.stringContaining('not_a_batch') });
    const { files } = await recordCalls([{}, {}]);
    const several = await run([
      'replay',
      '--last',
      '2',
      '--bisect',
      '--to',
      to,
      '--store',
      files.folder,
    ]);
    expect(several).toMatchObject({
      exit: 2,
      err: expect.stringContaining('requires a single capture'),
    });
  });

  test('says when the file cannot be written', async () => {
    const { to } = await endpoint(() => true);
    const { files } = await recordCalls([{ body: bodyOf(events) }]);
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const finished = await run(
      ['replay', 'last', '--bisect', '--to', to, '--store', files.folder],
      { cwd: file },
    );
    expect(finished).toMatchObject({ exit: 3, err: expect.stringContaining('file_not_written') });
  });
});
