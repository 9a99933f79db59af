import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/program.js';
import { commands } from '../../src/commands/list.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const handler = 'http://localhost:3000/webhooks/netcore';

/** The commands that a hint names. */
const commandsIn = (text: string) =>
  [...text.matchAll(/netcore-hook (.*?)(?=\.? To |\n|$)/g)].map(([, words = '']) =>
    words.split(' '),
  );

async function hintFor(argv: readonly string[]): Promise<string> {
  const { exit, out, err } = await run(argv);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  return err.split('\n')[1]?.trim() ?? '';
}

/** Runs a command, stops it if it is a listener, and tells whether it was understood. */
async function works(words: readonly string[]): Promise<boolean> {
  const free = words[0] === 'listen' && !words.includes('--port') ? ['--port', '0'] : [];
  const parsed = await parseCommandLine(words, commands, start(['--version']).host);
  if (parsed.kind === 'said') return true;
  const store = ['--store', temporaryFolder()];
  if (words[0] === 'listen') {
    const running = start([...words, ...free, '--no-inspect', ...store]);
    onTestFinished(() => running.signal());
    await running.line(/^Listening/);
    running.signal();
    return (await running.finished).exit === 0;
  }
  return (await run([...words, ...store])).exit !== 2;
}

describe('a word of another tool', () => {
  test.each<[word: string, ...parts: string[]]>([
    ['version', '--version'],
    ['trigger', 'send -c email'],
    ['tail', 'listen', 'history'],
    ['logs', 'listen', 'history'],
    ['verify', `test-endpoint ${handler}`],
    ['ping', `send -c email --to ${handler}`, `test-endpoint ${handler}`],
    ['serve', 'listen'],
    ['forward', `listen --forward-to ${handler}`],
    ['resend', 'replay last'],
  ])('%s names commands that work', async (word, ...parts) => {
    const named = commandsIn(await hintFor([word]));
    expect(named.map((words) => words.join(' '))).toEqual(parts);
    expect(commandsIn(await hintFor([word, 'email']))).toEqual(named);
    // A replay of an empty history, or a call to a missing handler, fails later.
    for (const words of named) {
      if (words[0] === 'replay') continue;
      expect(await works(words)).toBe(true);
    }
  });

  test('is no hint where the nearest command is meant', async () => {
    expect(await hintFor(['listn'])).toBe('Did you mean listen?');
    expect(await hintFor(['constructor'])).toBe('Try: netcore-hook --help');
  });
});

describe('listen with a word', () => {
  test.each([
    ['39417', '--port 39417', '--forward-to :39417'],
    [':39417', '--port 39417', '--forward-to :39417'],
    ['localhost:39417/hook', '--port 39417', '--forward-to localhost:39417/hook'],
    ['http://127.0.0.1:39417/hook', '--port 39417', '--forward-to http://127.0.0.1:39417/hook'],
  ])('%s names both ends', async (word, port, forward) => {
    const named = commandsIn(await hintFor(['listen', word]));
    expect(named.map((words) => words.join(' '))).toEqual([`listen ${port}`, `listen ${forward}`]);
    for (const words of named) expect(await works(words)).toBe(true);
  });

  test.each(['email', 'shop.example.com'])('%s points at the help', async (word) => {
    expect(await hintFor(['listen', word])).toBe('Try: netcore-hook listen --help');
  });
});

describe('an option of another tool', () => {
  const send = ['send', '-c', 'email', '--print', 'curl'];
  test.each<[before: string[], typed: string[], option: string]>([
    [['listen', '--exit-after', '1', '--wait', '1ms', '--port', '0'], ['--user', 'a:b'], '--auth'],
    [send, ['--user', 'a:b'], '--auth'],
    [['history', 'list'], ['--format', 'json'], '--json'],
    [['history', 'stats'], ['--format=json'], '--json'],
    [['samples'], ['--format', 'json'], '--json'],
    [send, ['--skip-verify'], '--insecure'],
    [['test-endpoint', ':3000', '--list'], ['--skip-verify'], '--insecure'],
    [send, ['--target', ':3000'], '--to'],
    [send, ['--url', ':3000'], '--to'],
    [['test-endpoint', '--list'], ['--url', ':3000'], '--to'],
    [['queue', 'list'], ['--url', ':3000'], '--target'],
    [
      ['listen', '--exit-after', '1', '--wait', '1ms', '--port', '0'],
      ['--url', ':9'],
      '--forward-to',
    ],
    [['inspect', 'nothing'], ['--port', '0'], '--inspect-port'],
  ])('%j %j: %s', async (before, typed, option) => {
    expect(await hintFor([...before, ...typed])).toMatch(new RegExp(`^Use ${option}[ .]`));
    // With the named option, the same command is understood.
    const [, value] = typed;
    const words = option === '--json' || value === undefined ? [option] : [option, value];
    const { err } = await run([...before, ...words, '--store', temporaryFolder()]);
    expect(err).not.toContain('unknown_option');
  });

  test('repeats no password', async () => {
    const { err } = await run(['send', '--user', 'netcore:s3cret']);
    expect(err).not.toContain('s3cret');
  });
});

describe('send without a channel', () => {
  test.each([
    ['bounce', 'send -c email -e bounce'],
    ['bounec', 'send -c email -e bounce'],
    ['Failed', 'send -c whatsapp,rcs -e failed'],
  ])('-e %s names the channels that have it', async (event, command) => {
    const [words = []] = commandsIn(await hintFor(['send', '-e', event]));
    expect(words.join(' ')).toBe(command);
    const { exit, out } = await run([...words, '--print', 'form']);
    expect(exit).toBe(0);
    expect(out).not.toBe('');
  });

  test('and a channel without the activity names those with it', async () => {
    expect(await hintFor(['send', '-c', 'sms', '-e', 'bounce'])).toBe(
      'Activities: delivered, click. Channels with bounce: email.',
    );
  });
});
