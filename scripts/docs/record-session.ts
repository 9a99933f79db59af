import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockTime } from '../../src/output/capture-lines.js';
import { type Running, start } from '../../test/helpers/run.js';

/** A command with its coloured output. */
export interface Typed {
  readonly line: string;
  readonly printed: string;
}

/** The two terminals of a first minute. */
export interface Session {
  readonly listener: Typed;
  readonly beside: readonly Typed[];
}

/** A morning in India, where most panels are. */
const now = Date.UTC(2026, 10, 24, 4, 11, 3);
const shownClock = '09:41:03';

/**
 * Runs the commands of a first minute in their own store. Normalizes values that vary between runs.
 */
export async function recordSession(): Promise<Session> {
  const data = mkdtempSync(join(tmpdir(), 'netcore-hook-docs-'));
  const shop = await startShop();
  const env = { XDG_DATA_HOME: data, FORCE_COLOR: '1', NO_COLOR: '', HOME: data };
  try {
    const listen = ['listen', '--auth', 'netcore:secret'];
    const listening = begin([...listen, '--port', '0'], { env, terminal: true });
    const [, port = ''] = await listening.running.line(/Listening.*127\.0\.0\.1:(\d+)/);
    const [, page = ''] = await listening.running.line(/Inspector.*127\.0\.0\.1:(\d+)/);
    const evened = evening();
    const even = (text: string) =>
      evened(text)
        .replaceAll(`:${port}`, ':4400')
        .replaceAll(`:${page}`, ':4401')
        .replaceAll(`:${shop.port}`, ':3000')
        .replaceAll(data, '~/.local/share');
    const beside: Typed[] = [];
    /** Runs a command line with `|` between programs, and keeps the last program's output. */
    const type = async (line: string, input?: Uint8Array) => {
      let given = input;
      for (const [index, part] of line.split(' | ').entries()) {
        const [program, ...argv] = part.replace(':3000', `:${shop.port}`).split(' ');
        if (program !== 'netcore-hook') continue;
        const typed = begin(argv, { env, ...(given && { input: given }) });
        await typed.running.finished;
        given = typed.bytes();
        if (index === line.split(' | ').length - 1)
          beside.push({ line, printed: even(typed.text()) });
      }
    };
    await type('netcore-hook send -c sms --auth netcore:secret');
    await listening.running.line(/POST/);
    await type('netcore-hook history show last --body | netcore-hook decode --format table');
    await type('pbpaste | netcore-hook decode', Buffer.from(pasted));
    await type('netcore-hook test-endpoint :3000/hook --auth netcore:secret');
    const shown = listening.text();
    listening.running.signal();
    await listening.running.finished;
    return { listener: { line: `netcore-hook ${listen.join(' ')}`, printed: even(shown) }, beside };
  } finally {
    shop.close();
    rmSync(data, { recursive: true, force: true });
  }
}

const pasted =
  'data=%7B%22shop%22%3A%5B%7B%22channel%22%3A%22email%22%2C%22event%22%3A%22open%22%2C%22msgid%22%3A546%7D%5D%7D';

function begin(
  argv: readonly string[],
  options: { env: Record<string, string>; terminal?: boolean; input?: Uint8Array },
): { running: Running; text: () => string; bytes: () => Uint8Array } {
  const running = start(argv, { ...options, now: () => now });
  const chunks: { readonly chunk: Buffer; readonly asked: boolean }[] = [];
  const { stdout, stderr } = running.host;
  for (const stream of [stdout, stderr]) {
    (stream as unknown as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
      chunks.push({ chunk, asked: stream === stdout });
    });
  }
  return {
    running,
    text: () => Buffer.concat(chunks.map(({ chunk }) => chunk)).toString('utf8'),
    bytes: () => Buffer.concat(chunks.flatMap(({ chunk, asked }) => (asked ? [chunk] : []))),
  };
}

/**
 * Normalizes what varies between runs: ids, durations and local times. The same message keeps the
 * same id.
 */
function evening(): (text: string) => string {
  const msgids: string[] = [];
  const place = (msgid: string) => {
    if (!msgids.includes(msgid)) msgids.push(msgid);
    return msgids.indexOf(msgid);
  };
  return (text) =>
    text
      .replaceAll(clockTime(new Date(now).toISOString()), shownClock)
      .replace(/(?<=\u001b\[2m)[0-9a-z]{10}(?=\u001b\[22m)/g, '1pcdp6mr28')
      .replace(/\b\d{9}\b/g, (msgid) => String(511_143_057 + place(msgid)))
      .replace(/ *\d+(?:\.\d)? ms/g, (took) => '4.2 ms'.padStart(took.length));
}

/** The tested endpoint: answers 200 to any call. */
async function startShop(): Promise<{ port: number; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
