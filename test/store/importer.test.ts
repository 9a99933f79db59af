import { describe, expect, onTestFinished, test } from 'vitest';
import { everyCapture } from '../../src/store/capture-query.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { type Importer, isImportable, openImporter } from '../../src/store/importer.js';
import { openPruner } from '../../src/store/pruner.js';
import { bodyOf, historyOf, plainCall, recordCalls } from '../helpers/store.js';

function importerOf(files: StoreFiles): Importer {
  const importer = openImporter(files);
  onTestFinished(() => importer.close());
  return importer;
}

const idsOf = (files: StoreFiles) =>
  [...historyOf(files).captures(everyCapture, 'oldest first')].map(({ id }) => id);

describe('an importer', () => {
  test('keeps captures of another store under their own ids, among the others by time', async () => {
    const north = await recordCalls([{}, {}]);
    const south = await recordCalls([{}]);
    const later = await recordCalls([{}], north.files.folder);
    expect(importerOf(north.files).add(south.captures)).toBe(1);
    const ids = [...north.captures, ...south.captures, ...later.captures].map(({ id }) => id);
    expect(idsOf(north.files)).toEqual(ids);
    const [foreign] = south.captures;
    const found = historyOf(north.files).find(foreign!.id);
    expect({ ...found, body: Buffer.from(found.body) }).toEqual({
      ...foreign,
      body: Buffer.from(foreign!.body),
    });
  });

  test('finds the events of what it took in', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{ body: bodyOf([{ channel: 'sms', event: 'click' }]) }]);
    importerOf(shop.files).add(other.captures);
    const query = { ...everyCapture, events: { ...everyCapture.events, channels: ['sms'] } };
    const found = [...historyOf(shop.files).captures(query, 'newest first')];
    expect(found.map(({ id }) => id)).toEqual([other.captures[0]!.id]);
  });

  test('takes the same capture once, whether it is of this store or of another', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{}]);
    const importer = importerOf(shop.files);
    expect(importer.add([...shop.captures, ...other.captures])).toBe(1);
    expect(importer.add(other.captures)).toBe(0);
    expect(historyOf(shop.files).count()).toBe(2);
  });

  test('keeps both of two captures that two stores recorded at the same microsecond', async () => {
    const shop = await recordCalls([{}]);
    const [own] = shop.captures;
    const twin = { ...plainCall, id: `${own!.id.slice(0, 10)}zzzzzz`, target: '/twin' };
    expect(own!.id).not.toBe(twin.id);
    importerOf(shop.files).add([twin]);
    const history = historyOf(shop.files);
    expect(history.find(twin.id).target).toBe('/twin');
    expect(history.find(own!.id).target).toBe(own!.target);
    expect(() => history.find(own!.id.slice(0, 10))).toThrow(
      expect.objectContaining({ code: 'ambiguous_id' }),
    );
  });

  test('puts a pruned capture back where it was', async () => {
    const shop = await recordCalls([{}, {}]);
    const pruner = openPruner(shop.files);
    onTestFinished(() => pruner.close());
    pruner.removeStep(pruner.bounds({ captures: 1 }, Date.now()));
    expect(importerOf(shop.files).add(shop.captures)).toBe(1);
    expect(idsOf(shop.files)).toEqual(shop.captures.map(({ id }) => id));
  });

  test('keeps nothing of captures that cannot all be kept', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{}]);
    const broken = { ...plainCall, id: '1'.repeat(16), status: 'none' as unknown as number };
    expect(() => importerOf(shop.files).add([...other.captures, broken])).toThrow();
    expect(historyOf(shop.files).count()).toBe(1);
  });
});

test.each([
  ['1pbwvpsf2gabcdef', true],
  ['zzzzzzzzzzabcdef', false],
  ['1pbwvpsf2gabcdef.3', false],
  ['1pbwvpsf2g', false],
])('%s may be imported: %s', (id, expected) => {
  expect(isImportable(id, Date.UTC(2026, 10, 24))).toBe(expected);
});
