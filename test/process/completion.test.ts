import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { needPrograms } from '../helpers/programs.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const erased = '\u0015:\n';

let home: string;
let env: Record<string, string>;
let newest: string;

beforeEach(async () => {
  home = temporaryFolder();
  mkdirSync(join(home, 'bin'));
  const program = join(home, 'bin', 'netcore-hook');
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${path('../../bin/netcore-hook.js')}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  const hostile = bodyOf([{ channel: `a:b\t$(touch ${home}/ran)`, event: '\u001b[31m`id`\n' }]);
  const folder = join(home, 'netcore-hook', 'default');
  const { captures } = await recordCalls([{}, { body: hostile }], folder);
  newest = captures.at(-1)!.id.slice(0, 10);
  env = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    HOME: home,
    XDG_DATA_HOME: home,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
  };
});

/** What a shell on a terminal shows after each line. */
async function typeIn(
  argv: readonly string[],
  prompt: string,
  lines: readonly string[],
): Promise<string[]> {
  const [python] = needPrograms('python3');
  const asking = promisify(execFile)(python, [path('../helpers/type-in-shell.py')]);
  asking.child.stdin?.end(JSON.stringify({ argv, lines, env: { ...env, PS1: prompt } }));
  return JSON.parse((await asking).stdout) as string[];
}

/** Completes the line, and prints the words that it has then. */
const words = (line: string) => `${line}\t\u0001printf '<%s>' \n`;
/** Completes the line, shows what there is, and forgets it. */
const list = (line: string) => `${line}\t\t${erased}`;

describe.each([
  {
    shell: 'bash',
    argv: ['bash', '--norc', '--noprofile', '-i'],
    prompt: '@\\#@ ',
    prepared: [
      "bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'; stty cols 120\n",
      'source <(netcore-hook completion bash)\n',
      // As a profile that is read again does.
      'eval "$(netcore-hook completion bash)"\n',
    ],
    marked: 'X  (',
  },
  {
    shell: 'zsh',
    argv: ['zsh', '-f', '-i'],
    prompt: '@%!@ ',
    prepared: [
      'autoload -Uz compinit; compinit -u -D; unsetopt beep; stty cols 120\n',
      'source <(netcore-hook completion zsh)\n',
      'eval "$(netcore-hook completion zsh)"\n',
    ],
    marked: 'X  -- ',
  },
] as const)('in $shell', ({ shell, argv, prompt, prepared, marked }) => {
  needPrograms('python3', shell);

  test('a line is completed, captures are listed with what they hold, and nothing is run', async () => {
    const spaced = join(home, 'the shop');
    symlinkSync(join(home, 'netcore-hook', 'default'), spaced);
    const stores = [`--store '${spaced}'`, `--store=${spaced.replace(' ', '\\ ')}`];
    const shown = await typeIn(argv, prompt, [
      ...prepared,
      words('netcore-hook li'),
      words('netcore-hook send --to :3000/a=b -c email,sm'),
      words('netcore-hook send --channel=em'),
      words('netcore-hook send --data bi'),
      words(`netcore-hook replay ${newest.slice(0, -1)}`),
      list('netcore-hook history show '),
      ...stores.map((store) => list(`netcore-hook ${store} history show `)),
      list(`netcore-hook send --x=$(touch\${IFS}${home}/ran)= --to $(touch ${home}/ran) -c `),
    ]);
    const [listen, send, glued, file, , captures, quoted, escaped, values] = shown.slice(
      prepared.length,
    );
    expect(listen).toContain('<netcore-hook><listen>');
    expect(send).toContain('<--to><:3000/a=b><-c><email,sms>');
    expect(glued).toContain('<send><--channel=email>');
    expect(file).toContain('<send><--data>');
    expect(captures).toContain(marked.replace('X', newest));
    expect(captures).toContain('email open');
    for (const others of [quoted, escaped]) expect(others).toContain(marked.replace('X', newest));
    expect(captures).toContain(`a:b?$(touch ${home}/ran)`.slice(0, 20));
    expect(values).toContain('whatsapp');
    expect(existsSync(join(home, 'ran'))).toBe(false);
  });
});

test('in fish commands, values, captures and files are offered with what they are', async () => {
  const [fish] = needPrograms('fish');
  const lines = [
    'netcore-hook li',
    'netcore-hook send --channel=em',
    'netcore-hook send -c email,sm',
    'netcore-hook test-endpoint --only dn',
    'netcore-hook history show ',
    `netcore-hook send --to (touch ${home}/ran) --pri`,
    'netcore-hook send --data /etc/hostn',
  ];
  const script = [
    'netcore-hook completion fish | source',
    ...lines.flatMap((line) => [`echo '> ${line}'`, `complete -C '${line}'`]),
  ].join('\n');
  const { stdout } = await promisify(execFile)(fish, ['--no-config', '-c', script], { env });
  const [, ...offered] = stdout.split(/^> .*\n/m);
  const [listen, channel, list, check, captures, print, files] = offered;
  expect(listen).toBe('listen\trun a local endpoint that stores and shows incoming calls\n');
  expect(channel).toBe('--channel=email\n');
  expect(list).toBe('email,sms\n');
  expect(check).toMatch(/^dns\tName and address\n$/);
  expect(captures?.trimEnd().split('\n')).toHaveLength(3);
  expect(captures).toMatch(new RegExp(`^${newest}\t.*a:b\\?\\$\\(touch `, 'm'));
  expect(print).toBe('--print\tprint the calls instead of sending them (json, form, curl)\n');
  expect(files).toBe('/etc/hostname\n');
  expect(existsSync(join(home, 'ran'))).toBe(false);
});
