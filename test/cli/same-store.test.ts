import { expect, test } from 'vitest';
import { onSameStore } from '../../src/cli/same-store.js';
import { run } from '../helpers/run.js';
import { recordCalls } from '../helpers/store.js';

const hint = 'Try: netcore-hook history list, or netcore-hook send -c email';

test.each<[argv: string[], list: string]>([
  [['history', 'show'], 'netcore-hook history list'],
  [['--store', './a b', 'history'], "netcore-hook --store './a b' history list"],
  [['history', '--store=x', '--profile', 'p'], 'netcore-hook --store x --profile p history list'],
  [['history', '--no-config'], 'netcore-hook --no-config history list'],
  [['history', '--store'], 'netcore-hook history list'],
])('a hint for %j names %s', (argv, list) => {
  expect(onSameStore(hint, argv)).toBe(`Try: ${list}, or netcore-hook send -c email`);
});

test('a hint acts on the store of the command line, as text and in JSON', async () => {
  const { files } = await recordCalls([{}]);
  const words = ['history', 'show', '1zzzzzzzzz', '--store', files.folder];
  for (const more of [[], ['--json']]) {
    const { err } = await run([...words, ...more]);
    expect(err).toContain(`Try: netcore-hook --store ${files.folder} history list`);
  }
});
