import { expect, test } from 'vitest';
import { resultAfter } from '../../../src/queue/redis/job.js';
import { attempt, delivered } from '../../helpers/queued-calls.js';

test('a result begins with the state that it ends in: scripts look there before they write over it', () => {
  const progress = { tries: 1, queued: 5, last: attempt };
  expect(JSON.stringify(resultAfter(progress, delivered, 'sh0p42'))).toMatch(
    /^\{"state":"delivered",/,
  );
});
