import { cpSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Capture } from '../../src/call/call.js';
import { nextSeq } from '../../src/call/capture-id.js';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import { lastSeqGiven, renewTag } from '../../src/store/capture-row.js';
import { openDatabase } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { openRecorder } from '../../src/store/recorder.js';
import { prepareSchema } from '../../src/store/schema.js';
import { filesIn, historyOf, importCaptures, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const tagOf = ({ id }: Pick<Capture, 'id'>) => id.slice(10);

const idsOf = (files: StoreFiles) =>
  [...historyOf(files).captures(everyCapture, 'oldest first')].map(({ id }) => id);

function copyOf({ folder }: StoreFiles): StoreFiles {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return filesIn(copy);
}

async function recordAfterBoot(files: StoreFiles, bootId: string): Promise<Capture> {
  const recorder = await openRecorder(files, { ...processHost(), bootId: () => bootId });
  const capture = await recorder.record(plainCall);
  await recorder.close();
  return capture;
}

describe('the tag in the ids of a store', () => {
  test('stays the same as long as the store stays where it is', async () => {
    const { files, captures } = await recordCalls([{}]);
    const later = await recordCalls([{}], files.folder);
    expect(later.captures.map(tagOf)).toEqual(captures.map(tagOf));
  });

  test('is a new one for the captures of a copy, and what was copied keeps its ids', async () => {
    const original = await recordCalls([{}, {}]);
    const files = copyOf(original.files);
    const inCopy = await recordCalls([{}], files.folder);
    const inOriginal = await recordCalls([{}], original.files.folder);
    expect(inOriginal.captures.map(tagOf)).toEqual(original.captures.slice(1).map(tagOf));
    expect(inCopy.captures.map(tagOf)).not.toEqual(inOriginal.captures.map(tagOf));
    expect(idsOf(files)).toEqual([...original.captures, ...inCopy.captures].map(({ id }) => id));
    for (const { id } of [...original.captures, ...inCopy.captures]) {
      expect(historyOf(files).find(id).id).toBe(id);
    }
    expect(() => historyOf(files).find(inOriginal.captures[0]!.id)).toThrow(
      expect.objectContaining({ code: 'no_such_capture' }),
    );
  });

  test('is a new one when the machine was started again, as a cloned machine is', async () => {
    const files = filesIn(temporaryFolder());
    const first = await recordAfterBoot(files, '11f0');
    const again = await recordAfterBoot(files, '11f0');
    const clone = await recordAfterBoot(files, '77ac');
    expect(tagOf(again)).toBe(tagOf(first));
    expect(tagOf(clone)).not.toBe(tagOf(first));
    expect(idsOf(files)).toEqual([first, again, clone].map(({ id }) => id));
  });

  test('is that of the last process that took the store over, for all that write to it', async () => {
    const files = filesIn(temporaryFolder());
    const early = await openRecorder(files, { ...processHost(), bootId: () => '11f0' });
    const before = await early.record(plainCall);
    const other = await recordAfterBoot(files, '77ac');
    const after = await early.record(plainCall);
    await early.close();
    expect(tagOf(other)).not.toBe(tagOf(before));
    expect(tagOf(after)).toBe(tagOf(other));
    expect(idsOf(files)).toEqual([before, other, after].map(({ id }) => id));
  });

  test('lets the captures of a copy be imported beside those of the original', async () => {
    const original = await recordCalls([{}]);
    const files = copyOf(original.files);
    const inCopy = await recordCalls([{ target: '/copy' }], files.folder);
    const inOriginal = await recordCalls([{ target: '/original' }], original.files.folder);
    const captures = [...original.captures, ...inCopy.captures];
    expect(await importCaptures(original.files, captures)).toBe(1);
    expect(idsOf(original.files).sort()).toEqual(
      [...original.captures, ...inOriginal.captures, ...inCopy.captures].map(({ id }) => id).sort(),
    );
  });

  test('holds for no place that was given out before, whatever the clock says', () => {
    const { database: path } = filesIn(temporaryFolder());
    writeFileSync(path, '');
    const database = openDatabase(path);
    const random = new Uint8Array(16);
    prepareSchema(database, path, random);
    const noon = Date.UTC(2026, 10, 23, 12);
    const lastGiven = () => Number(database.prepare(lastSeqGiven).first([])?.[0]);
    for (const [at, bootId] of ['11f0', '77ac', 'c0de'].entries()) {
      const before = lastGiven();
      // The clock was set back by an hour, and the store is empty.
      renewTag(database, { bootId, file: '1:2' }, random, noon - at * 3_600_000);
      if (at > 0) expect(nextSeq(lastGiven(), noon - at * 3_600_000)).toBeGreaterThan(before);
    }
    const firsts = database.prepare('select first from tags order by rowid').all([]);
    expect(firsts.map(([first]) => first)).toEqual([
      0,
      nextSeq(0, noon - 3_600_000),
      expect.any(Number),
    ]);
    database.close();
  });
});
