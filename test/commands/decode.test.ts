import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeText } from '../../src/output/problem-text.js';
import { writeForm } from '../../src/payload/form-codec.js';
import { listSamples } from '../../src/sample-files.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const payload = { shop: [{ channel: 'email', event: 'Opened', msgid: '4930' }] };
const json = JSON.stringify(payload);
const body = writeForm(json);
const indented = `${JSON.stringify(payload, null, 2)}\n`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netcore-hook-decode-'));
  await writeFile(join(folder, 'body.txt'), body);
});
afterAll(() => rm(folder, { recursive: true }));

describe('decode', () => {
  test.each([
    ['stdin', ['decode'], body],
    ['stdin by its dash', ['decode', '-'], body],
    ['an argument', ['decode', body], undefined],
    ['JSON as an argument', ['decode', json], undefined],
    ['a file', ['decode', 'body.txt'], undefined],
  ])('takes %s, and puts the JSON alone on stdout', async (_, argv, input) => {
    const options = input === undefined ? { cwd: folder } : { cwd: folder, input };
    const { exit, out, err } = await run(argv, options);
    expect({ exit, out }).toEqual({ exit: 0, out: indented });
    expect(err).toMatch(/^decoded {2}1 event/);
  });

  test('says on stderr what it took off, and nothing when quiet', async () => {
    const input = `curl http://127.0.0.1:4400 -d '${body}'`;
    const { err } = await run(['decode'], { input });
    expect(err).toBe('decoded  1 event, out of curl --data › the field "data" › percent escapes\n');
    expect((await run(['decode', '--quiet'], { input })).err).toBe('');
  });

  test('prints compact JSON, a table, and JSON lines', async () => {
    const input = `${body}\n${writeForm('{"shop":[{"channel":"sms","msgid":9007199254740993}]}')}`;
    const compact = await run(['decode', '--format', 'compact'], { input });
    expect(compact.out).toBe(`${json}\n{"shop":[{"channel":"sms","msgid":9007199254740993}]}\n`);
    expect(compact.err).toContain('The paste contains 2 payloads, shown in order.');
    const table = await run(['decode', '--format', 'table'], { input: body });
    expect(table.out).toBe('panel  channel  event   msgid\nshop   email    Opened  4930\n');
    const lines = await run(['decode', '--json'], { input });
    expect(
      lines.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { schema: 1, type: 'payload', payload, warnings: [], events: 1 },
      { schema: 1, type: 'payload', events: 1 },
    ]);
    expect(lines.out).toContain('"msgid":9007199254740993');
  });

  test('shows nothing that could move a cursor, and means the same', async () => {
    const text = '{"shop":[{"channel":"sms","name":"a\\u001b[2J\u202eb"}]}';
    const { out } = await run(['decode', '--format', 'compact'], { input: writeForm(text) });
    expect(out).toBe('{"shop":[{"channel":"sms","name":"a\\u001b[2J\\u202eb"}]}\n');
    expect(JSON.parse(out)).toEqual(JSON.parse(text));
  });

  test('shows where JSON breaks with a pointer', async () => {
    const { exit, out, err } = await run(['decode', '{"shop":[{"a" 1}]}']);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toBe(
      'error  The JSON is invalid: a colon is missing after the key (line 1, column 15; byte 14 of the input).\n' +
        '       {"shop":[{"a" 1}]}\n' +
        '                     ^\n' +
        '       Correct it there, or copy it again.\n' +
        '       More: netcore-hook explain payload_not_json\n',
    );
  });

  test.each([
    ['', 1, 'paste_empty'],
    ['The webhook did not fire.', 1, 'payload_not_found'],
  ])('ends with 1 when %j cannot be decoded', async (input, exit, code) => {
    const failed = await run(['decode', '--json'], { input });
    expect(failed.exit).toBe(exit);
    expect(JSON.parse(failed.err)).toMatchObject({ type: 'problem', code, exit });
  });

  test('says in a sentence of its own that there is no payload', async () => {
    const { err } = await run(['decode', 'The webhook did not fire.']);
    expect(err).toContain('error  The input contains no payload.\n');
  });

  test('ends with 3 when a file is not there', async () => {
    const { exit, err } = await run(['decode', 'missing.txt'], { cwd: folder });
    expect(exit).toBe(3);
    expect(err).toContain('missing.txt: it does not exist.');
  });

  test('repairs only when asked', async () => {
    const input = body.slice(0, -20);
    expect((await run(['decode'], { input })).exit).toBe(1);
    const repaired = await run(['decode', '--repair'], { input });
    expect(repaired.exit).toBe(0);
    expect(repaired.err).toContain('warning  The payload is truncated');
  });

  test.each(listSamples())('finds $channel $activity as documented', async (sample) => {
    const input = writeForm(JSON.stringify(sample.payload));
    expect((await run(['decode', '--strict'], { input })).exit).toBe(0);
  });

  test('lists under --strict where a payload departs from the documented shape', async () => {
    const { exit, out, err } = await run(['decode', '--strict'], { input: body });
    expect({ exit, out }).toEqual({ exit: 1, out: indented });
    expect(err).toContain('warning  shop.0.event_params:');
    expect(err).toContain('explain not_as_documented');
  });

  test('takes a paste on a terminal until Ctrl-D, over empty lines and beyond any line length', async () => {
    const long = writeForm(JSON.stringify({ shop: Array(200).fill(payload.shop[0]) }));
    const running = start(['decode', '--format', 'compact', '--no-color'], { terminal: true });
    await running.line(/press Ctrl-D/);
    running.type(`\x1b[200~${long.slice(0, 9000)}`);
    running.type(`${long.slice(9000)}\r\r\x1b[201~`);
    running.type('\x04');
    const { exit, out } = await running.finished;
    expect(exit).toBe(0);
    expect(JSON.parse(out).shop).toHaveLength(200);
  });

  test('takes what was copied, from the program that has it', async () => {
    const bin = temporaryFolder();
    const program = (name: string, script: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    const env = { PATH: bin, DISPLAY: ':0' };
    const decode = () => run(['decode', '--format', 'compact', '--clipboard'], { env });
    const missing = await decode();
    expect(missing.exit).toBe(3);
    expect(missing.err).toContain('none of xclip and xsel is installed');
    program(
      'xsel',
      `[ "$1 $2" = '--clipboard --output' ] && echo 'data={"shop":[{"name":"Dîwali"}]}'`,
    );
    expect(await decode()).toMatchObject({ exit: 0, out: '{"shop":[{"name":"Dîwali"}]}\n' });
    program('xclip', 'echo "Error: Can\'t open display: :0" >&2; exit 1');
    const failing = await decode();
    expect(failing.exit).toBe(3);
    expect(failing.err).toContain("xclip: Error: Can't open display: :0");
  });

  test('asks for nothing under --json, and names what to give', async () => {
    const { exit, out, err } = await run(['decode', '--json'], { terminal: true });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(JSON.parse(err)).toMatchObject({
      code: 'usage',
      hint: 'Pass a text, a file, --clipboard or a pipe, like: netcore-hook decode --json body.txt',
    });
  });

  test('ends a paste as an interruption on Ctrl-C', async () => {
    const running = start(['decode'], { terminal: true });
    await running.line(/press Ctrl-D/);
    running.type('data=\x03');
    const { exit } = await running.finished;
    expect(exit).toBe(130);
  });

  test('undoes the links that a chat makes of addresses', async () => {
    const input =
      '{"shop":[{"channel":"email","to":"<mailto:asha@example.com|asha@example.com>"}]}';
    const { out } = await run(['decode', '--format', 'compact'], { input });
    expect(out).toBe('{"shop":[{"channel":"email","to":"asha@example.com"}]}\n');
  });
});

describe('encode', () => {
  test('prints the body that decode turns back', async () => {
    const { exit, out } = await run(['encode'], { input: indented });
    expect({ exit, out }).toEqual({ exit: 0, out: `${body}\n` });
    expect((await run(['encode', '--indented'], { input: json })).out).toBe(
      `${writeForm(json, 'indented')}\n`,
    );
  });

  test('prints a curl command that decode reads, without a password', async () => {
    const argv = ['encode', '--print', 'curl', '--to', ':3000/hook', '--auth', 'netcore:secret'];
    const { out } = await run(argv, { input: json });
    expect(out).toContain("curl 'http://127.0.0.1:3000/hook'");
    expect(out).toContain("-u 'netcore'");
    expect(out).not.toContain('secret');
    expect((await run(['decode'], { input: out })).out).toBe(indented);
  });

  test('says on a terminal what it waits for, unless it is quiet', async () => {
    const onTerminal = { terminal: true, input: json };
    const { out, err } = await run(['encode'], onTerminal);
    expect(out).toBe(`${body}\n`);
    expect(err).toBe('Type or paste the JSON of a payload, then press Ctrl-D on an empty line.\n');
    expect((await run(['encode', '--quiet'], onTerminal)).err).toBe('');
  });

  test('asks for nothing under --json on a terminal', async () => {
    const { exit, err } = await run(['encode', '--json'], { terminal: true });
    expect(exit).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ code: 'usage' });
  });

  test.each([
    [['encode'], '{"shop":[', 1, 'payload_ends_early'],
    [['encode'], '[]', 1, 'payload_not_panels'],
    [['encode'], '', 1, 'paste_empty'],
    [['encode', ''], '', 1, 'paste_empty'],
    [['decode', ''], '', 1, 'paste_empty'],
    [['encode', '--to', ':3000'], json, 2, 'usage'],
  ])('refuses %j with %j', async (argv, input, exit, code) => {
    const failed = await run(argv, { input });
    expect(failed.exit).toBe(exit);
    expect(failed.err).toContain(codeText(code));
  });

  test.each(['', '{"shop":[', '[]', 'x'])('speaks of encoding only, for %j', async (input) => {
    const { err } = await run(['encode'], { input });
    expect(err).not.toMatch(/decode|--repair/);
  });
});
