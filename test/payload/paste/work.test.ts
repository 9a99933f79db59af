import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPaste } from '../../../src/payload/paste/read-paste.js';
import { useWorkCounter } from '../../helpers/count-work.js';
import { pasteOf, recipe } from '../../helpers/pastes.js';

const countWork = useWorkCounter();

test('reading a paste does no work that is not charged as steps', async () => {
  await fc.assert(
    fc.asyncProperty(recipe, async (one) => {
      const text = pasteOf(one, 3000);
      const effort = { steps: 0, limit: text.length * 3000, isSpent: false };
      const bytes = Buffer.from(text, 'utf8');
      const work = await countWork(() => {
        readPaste(bytes, { repair: false, effort });
      });
      // Telling text from other data goes through the bytes once, and is over then.
      const steps = effort.steps + 10 * text.length;
      expect(work.blocks, JSON.stringify(one)).toBeLessThan(steps * 2);
      expect(work.characters, JSON.stringify(one)).toBeLessThan(steps * 2);
    }),
    { seed: 20_244, numRuns: 20 },
  );
});
