import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { workerName } from '../../src/forwarding/store-engine.js';
import { processHost } from '../../src/host.js';

test('every worker has a unique name, which version 0.1.0 attributes to another machine', () => {
  const host = processHost();
  const [first, second] = [workerName(host), workerName(host)];
  expect(first).not.toBe(second);
  expect(first.slice(first.indexOf('@') + 1)).not.toBe(hostname());
});
