import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effortFor } from '../../../src/payload/paste/effort.js';
import { readPaste } from '../../../src/payload/paste/read-paste.js';
import { expectLinear } from '../../helpers/paste-steps.js';
import { hostilePieces, pasteOf, type Recipe, recipe } from '../../helpers/pastes.js';

/** What was found to be slow once: every start led to another look at the whole rest. */
const known: readonly (readonly [name: string, recipe: Partial<Recipe>])[] = [
  ['escaped quotes behind a broken string', { before: '{"a":"\n', repeated: '\\"' }],
  ['no-break spaces behind a broken string', { before: '\u00a0{"a":"', repeated: '\u00a0' }],
  ['blanks behind a brace', { before: '[', repeated: ' ', behind: 'x' }],
  ['blanks in encoded lines', { before: '%7B\n', repeated: ' ', behind: 'x' }],
  ['open structures', { repeated: '[{' }],
  ['open structures with names', { repeated: '{a:' }],
  ['lists of strings', { repeated: '["a"' }],
  ['named structures', { repeated: '{"data":' }],
  ['values without an end', { repeated: 'data={"a" ' }],
  ['quotes that nothing closes', { repeated: 'data=“' }],
  ['encoded lines', { repeated: '%7B\n' }],
  ['prints without an end', { repeated: 'Array\n(\n[a] => x\n' }],
  ['prints that are shortened', { repeated: '{a:{b:1},', behind: '[Object]' }],
  ['here-documents without an end', { repeated: "iwr a\n@'\n" }],
  ['rows of a dump', { repeated: '0000: 64 61 74 61\n' }],
  ['rows of a dump that goes on', { before: '00000000  7b 22\n', repeated: '*\n00000010  20\n' }],
  ['prefixes of lines', { repeated: 'x {\n', behind: 'y' }],
  ['prefixes that differ', { repeated: 'x {\n', between: 'y', other: 'z [\n' }],
  ['cells of a table', { repeated: 'a | {  +\n' }],
  ['blanks in cells of a table', { before: 'a | {\nb | ', repeated: ' ', behind: 'x' }],
  ['lists of bytes', { before: '[', repeated: '123 ', behind: 'x' }],
  ['lists of bytes without an end', { repeated: '[1 2 ' }],
  ['literals in parentheses', { repeated: "('a' " }],
  ['quoted structures', { repeated: "'{\\'a" }],
  ['cells with doubled quotes', { repeated: '"{""a"":' }],
  ['encoded braces before a comma', { before: 'data=', repeated: '%7B%7D,' }],
  ['data: URIs', { repeated: 'data:a/b,%7B ' }],
  ['here-documents', { repeated: 'curl -d @- a <<E\n' }],
  ['no-break spaces in JSON', { before: 'x {', repeated: '\u00a0{"a":' }],
  ['records of a log', { repeated: '{"log":"{"}\n' }],
  ['numbers in deep lists', { before: '{"a":'.padEnd(900, '['), repeated: '1,' }],
];

/** Junk of one kind. */
const junk: readonly (readonly [name: string, piece: string])[] = [
  ...([
    ['braces', '{'],
    ['brackets and braces', '[{'],
    ['quotes', '"'],
  ] as const),
  ...([
    ['percent signs', '%'],
    ['encoded braces on lines', '%7B\n'],
    ['fields', 'a=1&'],
  ] as const),
  ...([
    ['fields named data', 'data={&'],
    ['names', 'data="'],
  ] as const),
  ...([
    ['broken JSON', 'data={"a" '],
    ['commands', "curl -d '\n"],
    ['base64', 'eyJh '],
  ] as const),
  ...([
    ['requests', 'POST / HTTP/1.1\n\n'],
    ['fences', '```\n'],
  ] as const),
  ...([
    ['prints', 'array('],
    ['dumps', 'Array\n(\n'],
    ['names with bent quotes', 'data=“'],
  ] as const),
];

const recipeOf = (part: Partial<Recipe>): Recipe => ({
  ...{ before: '', repeated: '', between: '', other: '', behind: '' },
  ...part,
});

describe('the steps of reading a paste', () => {
  test.each(known)('grow as its length does: %s', (_, part) => {
    expectLinear(recipeOf(part), false);
    expectLinear(recipeOf(part), true);
  });

  test.each([...junk, ...hostilePieces])('grow as the length of junk does: %s', (_, piece) => {
    expectLinear(recipeOf({ repeated: piece }), false);
  });

  test('grow as its length does, whatever is repeated in it', () => {
    fc.assert(
      fc.property(recipe, fc.boolean(), (one, repair) => expectLinear(one, repair)),
      { seed: 20_241, numRuns: 80 },
    );
  });

  test('are bounded for each character, and a paste that takes more is refused with a word', () => {
    fc.assert(
      fc.property(recipe, (one) => {
        const text = pasteOf(one, 20_000);
        const effort = effortFor(text);
        const reading = readPaste(Buffer.from(text, 'utf8'), { repair: false, effort });
        // What is under way when they run out is finished: a few times the paste.
        expect(effort.steps).toBeLessThan(effort.limit + text.length * 30);
        if (!effort.isSpent) return;
        if (reading.kind === 'problem') expect(reading.problem.code).toBe('paste_too_complex');
        else expect(reading.payloads.at(-1)?.warnings.at(-1)?.code).toBe('not_searched');
      }),
      { seed: 20_242, numRuns: 20 },
    );
  });

  test('are not taken once more for --repair when a paste took all that it may', () => {
    const text = '{&quot;\n'.repeat(10_000);
    const stepsOf = (repair: boolean) => {
      const effort = effortFor(text);
      readPaste(Buffer.from(text, 'utf8'), { repair, effort });
      expect(effort.isSpent).toBe(true);
      return effort.steps;
    };
    expect(stepsOf(true)).toBe(stepsOf(false));
  });
});
