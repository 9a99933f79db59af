import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPaste } from '../../../src/payload/paste/read-paste.js';

/** A paste as people make them, and what must come out. */
type Case = { readonly name: string } & ({ readonly text: string } | { readonly base64: string }) &
  (
    | {
        readonly payloads: readonly string[];
        readonly layers: readonly string[];
        readonly warnings: readonly string[];
      }
    | { readonly problem: string }
  );

const cases = JSON.parse(
  readFileSync(new URL('../../fixtures/pastes/cases.json', import.meta.url), 'utf8'),
) as Case[];

const bytesOf = (one: Case) =>
  'text' in one ? Buffer.from(one.text, 'utf8') : Buffer.from(one.base64, 'base64');

describe('readPaste', () => {
  test.each(cases.filter((one) => 'payloads' in one))('reads $name', (one) => {
    const reading = readPaste(bytesOf(one));
    expect(reading.kind === 'problem' && reading.problem.message).toBe(false);
    if (reading.kind === 'problem' || !('payloads' in one)) return;
    const [first] = reading.payloads;
    expect(reading.payloads.map(({ text }) => text)).toEqual(one.payloads);
    expect(first?.layers.map(({ name }) => name)).toEqual(one.layers);
    expect(first?.warnings.map(({ code }) => code)).toEqual(one.warnings);
  });

  test.each(cases.filter((one) => 'problem' in one))('refuses $name', (one) => {
    const reading = readPaste(bytesOf(one));
    expect(reading.kind === 'problem' && reading.problem.code).toBe(
      'problem' in one ? one.problem : '',
    );
  });
});
