import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, test } from 'vitest';
import { countRegExpSteps } from '../helpers/count-regexp-steps.js';
import { pasteOf, type Recipe, recipe } from '../helpers/pastes.js';

const folder = new URL('../../src/payload/', import.meta.url);

/** Every expression that is written in src/payload and can repeat something. */
const expressions = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const program = parseAst(readFileSync(new URL(file, folder), 'utf8'), { lang: 'ts' });
    return expressionsIn(program).map((expression) => ({ file, expression }));
  })
  .filter(({ expression }) => /[*+]|\{\d+,?\d*\}/.test(expression.source));

function expressionsIn(node: unknown): RegExp[] {
  if (typeof node !== 'object' || node === null) return [];
  const { regex } = node as { regex?: { pattern: string; flags: string } };
  if (regex) return [new RegExp(regex.pattern, regex.flags)];
  return Object.values(node).flatMap(expressionsIn);
}

/** Steps for each character. */
function rateOf(expression: RegExp, one: Recipe, length: number): number {
  const text = pasteOf(one, length);
  return countRegExpSteps(expression, text, text.length * 10_000) / text.length;
}

/** Bounded repeats may cost their bound for each character: the longest is of a thousand. */
function expectLinear(expression: RegExp, one: Recipe): void {
  const first = rateOf(expression, one, 150);
  if (rateOf(expression, one, 600) < first * 1.5 + 5) return;
  expect(rateOf(expression, one, 4800), JSON.stringify(one)).toBeLessThan(first * 3 + 20);
}

describe('an expression that reads untrusted text', () => {
  test.each(expressions)(
    '$expression of $file takes steps as the text is long',
    ({ expression }) => {
      const pieces = piecesOf(expression);
      const repeating = (before: string, repeated: string, behind: string) =>
        expectLinear(expression, { before, repeated, between: '', other: '', behind });
      for (const piece of pieces) repeating('', piece, '\u0001');
      const any = fc.constantFrom(...pieces);
      const options = { seed: 20_243, numRuns: 20 };
      fc.assert(fc.property(any, any, any, repeating), options);
      fc.assert(
        fc.property(recipe, (one) => expectLinear(expression, one)),
        options,
      );
    },
  );
});

/** Short texts of the letters that an expression names, and of blanks. */
function piecesOf({ source }: RegExp): string[] {
  const letters = [...source.replace(/\\[sdwSDWbBpP]|[\\^$()[\]{}|?*+]/g, '')];
  const signs = [' ', '\n', '\t', '\u00a0', '0', 'a', '"', '\\', '\\"', '[', '{', 'x', '='];
  const words = source.match(/[\w=&;%<>-]{2,}/g) ?? [];
  return [...new Set([...letters, ...signs, ...words, '\n '])];
}
