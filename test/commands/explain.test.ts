import { expect, test } from 'vitest';
import { readExplanations } from '../../src/explanations.js';
import { catalogue } from '../../src/problems/catalogue.js';
import { run } from '../helpers/run.js';

const codes = (kind: string) =>
  readExplanations()
    .filter((each) => each.kind === kind)
    .map(({ code }) => code);

test('every problem is explained, and warnings and findings are', () => {
  expect(codes('problem').toSorted()).toEqual(Object.keys(catalogue).toSorted());
  // Both tables are what the lists in the code say: test/documents.test.ts.
  expect(codes('finding')).toContain('slow_answer');
  expect(codes('warning')).toContain('queue_failing');
  for (const { text } of readExplanations()) expect(text).toMatch(/\w{3}.*[.\w]$/s);
});

test.each([
  ['port_in_use', 'Port 4400 is already in use.', 'docs/problems.md'],
  ['(port_in_use)', 'Another program listens on the port', 'docs/problems.md'],
  ['slow-answer', 'answer 200 immediately', 'docs/findings.md'],
  ['queue_failing', 'Calls wait in the store.', 'docs/problems.md'],
])('explains %s', async (word, text, page) => {
  const { exit, out } = await run(['explain', word]);
  expect(exit).toBe(0);
  expect(out).toContain(text);
  expect(out).toContain(`See ${page}.`);
  expect(out).not.toMatch(/[`|]|\]\(/);
});

test('lists all codes, and suggests the nearest to one that is unknown', async () => {
  expect((await run(['explain'])).out).toMatch(/^port_in_use {2}problem$/m);
  const { exit, err } = await run(['explain', 'port_inuse']);
  expect({ exit, err }).toEqual({
    exit: 2,
    err: expect.stringContaining('Did you mean port_in_use?'),
  });
});

test('prints JSON lines', async () => {
  const { out } = await run(['explain', 'port_in_use', '--json']);
  expect(JSON.parse(out)).toMatchObject({
    type: 'explanation',
    code: 'port_in_use',
    kind: 'problem',
    page: 'docs/problems.md',
  });
});
