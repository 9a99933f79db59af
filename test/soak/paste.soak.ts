import fc from 'fast-check';
import { test } from 'vitest';
import { expectLinear } from '../helpers/paste-steps.js';
import { recipe } from '../helpers/pastes.js';

test('the steps of reading a paste grow as its length does, whatever is repeated in it', () => {
  fc.assert(
    fc.property(recipe, fc.boolean(), (one, repair) => expectLinear(one, repair)),
    { numRuns: 10_000 },
  );
});
