import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { healthPath } from '../src/call/own-headers.js';
import { parseCommandLine } from '../src/cli/program.js';
import { commands } from '../src/commands/list.js';
import { start } from './helpers/run.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const dockerfile = read('Dockerfile');

/** The words that an ExecStart= gives to the tool, with an option out of its environment's file. */
function started(unit: string): string[] {
  const [, words = ''] = /^ExecStart=\/usr\/bin\/env netcore-hook (.*)$/m.exec(read(unit)) ?? [];
  return words.replace('$OPTIONS', '--forward-to http://127.0.0.1:3000/hook').split(' ');
}

test.each([
  ['the image', JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[]],
  ['the listener’s unit', started('contrib/systemd/netcore-hook.service')],
  ['the worker’s unit', started('contrib/systemd/netcore-hook-worker.service')],
])('%s starts what exists', async (_, words) => {
  const { host } = start(['--version']);
  expect(words.length).toBeGreaterThan(2);
  expect(await parseCommandLine(words, commands, host)).toMatchObject({ kind: 'run' });
});

test('the image asks for health where the listener answers', () => {
  expect(dockerfile).toContain(`http://127.0.0.1:4400${healthPath}'`);
});

test('both units shut the same things away', () => {
  const [listener, worker] = ['netcore-hook', 'netcore-hook-worker'].map(
    (name) =>
      /^DynamicUser=[\s\S]*?^SystemCallErrorNumber=.*$/m.exec(
        read(`contrib/systemd/${name}.service`),
      )?.[0],
  );
  expect(listener).toContain('NoNewPrivileges=yes');
  expect(worker).toBe(listener);
});
