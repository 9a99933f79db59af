import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { invisible } from '../../src/payload/invisible-characters.js';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { bodyOf, recordCalls } from '../helpers/store.js';

/** Clears a terminal, renames its window, and reverses what follows. */
const hostile = 'data={"\u001b[2J\u009b":[{"channel":"sms"}]}\u001b]0;owned\u0007\u202e\r\u0000end';

/** Every source file that writes the bytes of a call as they are, and a command line that does. */
const rawOutputs: readonly (readonly [file: string, line: string])[] = [
  ['commands/history/show.ts', 'history show last --body'],
  ['commands/replay/run.ts', 'replay last --print form'],
  ['commands/send/run.ts', 'send --raw - --print form'],
];

/** Others that print what was recorded or typed. */
const otherOutputs: readonly string[] = [
  'history list',
  'history show last',
  'history export',
  'history stats --by panel',
  'history list --json',
  'replay last --print curl',
  'replay last --print json',
  'send --raw - --print curl',
  'send --data - --verbatim --print form',
  'decode -',
  'encode -',
  'queue list',
  'status',
];

async function runOn(terminal: boolean, line: string) {
  const { files } = await recordCalls([
    { body: Buffer.from(hostile), headers: [['X-\u009b', '\u001b[2J']], target: '/\u009b?\u202e' },
  ]);
  return run([...line.split(' '), '--store', files.folder], { terminal, input: hostile });
}

test.each([...rawOutputs.map(([, line]) => line), ...otherOutputs])(
  'a terminal gets nothing invisible from: %s',
  async (line) => {
    const { out, err } = await runOn(true, line);
    expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(invisible);
    expect(`${out}${err}`).not.toBe('');
  },
);

test('a terminal gets nothing invisible from a listener, its forwarding, and what tells of them', async () => {
  const marks = '\u202e\u2066\u200f\u061c\u009b';
  const handler = await serve((_, response) => response.writeHead(410).end(`no ${marks}`));
  const words = [
    '--forward-to',
    handler.href,
    '--forward-all',
    '--alert-command',
    'echo "\u202e" >&2; false',
  ];
  const listener = await startListener(words, { terminal: true });
  const event = { channel: marks, event: marks, event_params: { email: marks } };
  for (const body of [bodyOf([event], marks), Buffer.from(hostile)]) {
    const headers = { ...formHeaders, 'User-Agent': '\u009b' };
    await call(`${listener.url}?${encodeURIComponent(marks)}`, { body, headers });
  }
  await listener.line(/given up/);
  const { out, err } = await listener.stop();
  const lines = [out, err];
  for (const line of ['status', 'queue list --dead', 'queue list --dead --json']) {
    const told = await run([...line.split(' '), '--store', listener.store], { terminal: true });
    lines.push(told.out, told.err);
  }
  expect(lines.join('').replaceAll('\n', '')).not.toMatch(invisible);
});

test.each(rawOutputs)('%s writes to a pipe byte for byte', async (_, line) => {
  expect((await runOn(false, line)).out).toBe(hostile);
});

test('what writes to the output by itself is known, and writes nothing raw', () => {
  const root = new URL('../../src/', import.meta.url);
  const filesWith = (pattern: RegExp) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('inspector/page/'))
      .filter((name) => pattern.test(readFileSync(new URL(name, root), 'utf8')))
      .sort();
  // Its script, and suggestions that the shell reads; help and the version; notices as text.
  const own = ['cli/program.ts', 'cli/reporter.ts', 'commands/completion/run.ts'];
  expect(filesWith(/stdout\.(?:write|end)\(/)).toEqual([...own, 'output/raw-output.ts']);
  expect(filesWith(/(?<!function )\bwriteRaw\(/)).toEqual(rawOutputs.map(([file]) => file));
});
