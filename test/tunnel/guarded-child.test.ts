import { expect, test } from 'vitest';
import { startGuarded } from '../../src/tunnel/guarded-child.js';

test('of a line without an end no more is kept than of any line', async () => {
  const told: string[] = [];
  const writes = `process.stderr.write('x'.repeat(8_000_000) + '\\nfirst\\r\\nlast')`;
  const host = { env: {}, cwd: '/', platform: process.platform, killGroup: () => {} };
  const child = startGuarded(process.execPath, ['-e', writes], host, (line) => told.push(line));
  expect(await child.ended).toEqual(['x'.repeat(4_096), 'first', 'last']);
  expect(told).toEqual(await child.ended);
});
