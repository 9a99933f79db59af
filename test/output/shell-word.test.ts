import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/output/shell-word.js';

test('leaves alone what any shell takes as it stands', () => {
  expect(shellWord('http://127.0.0.1:3000/webhooks/netcore')).toBe(
    'http://127.0.0.1:3000/webhooks/netcore',
  );
});

test.each([
  'https://shop.example.com/hook?store=1&lang=en',
  "https://shop.example.com/it's;here",
  'https://shop.example.com/$HOME/`id`',
  'http://[::1]:3000/hook',
])('gives a shell %s in one piece', (url) => {
  const said = execFileSync('sh', ['-c', `printf %s ${shellWord(url)}`], { encoding: 'utf8' });
  expect(said).toBe(url);
});
