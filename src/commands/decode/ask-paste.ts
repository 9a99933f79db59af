import type { CommandContext } from '../../cli/command.js';
import type { InputStream } from '../../host.js';
import { problem } from '../../problems/problem.js';

const endOfText = '\x04';
const interrupt = '\x03';
const substitute = '\x1a';
const backspace = /[\b\x7f]/;

/**
 * Reads a paste from the terminal until Ctrl-D. Disables the terminal's line editing meanwhile,
 * which would cut lines at 4,096 bytes and accept Ctrl-D only on an empty line.
 */
export async function askPaste({ host, global }: CommandContext): Promise<string> {
  const { stdin, stderr } = host;
  const key = host.platform === 'win32' ? 'Ctrl-Z' : 'Ctrl-D';
  if (!global.quiet) stderr.write(`Paste a body, a curl command or a log, then press ${key}.\n`);
  const raw = 'setRawMode' in stdin && typeof stdin.setRawMode === 'function';
  const setRaw = (on: boolean) => {
    if (raw) (stdin as NodeJS.ReadStream).setRawMode(on);
  };
  const typed: string[] = [];
  setRaw(true);
  try {
    await untilEnd(stdin, (text) => {
      typed.push(text);
      if (!global.quiet) stderr.write(`\r${count(typed)}`);
    });
  } finally {
    setRaw(false);
    stdin.pause();
    if (!global.quiet && typed.length > 0) stderr.write('\n');
  }
  return cleaned(typed.join(''));
}

/** Passes on input until the end of the text or the stream. */
function untilEnd(stdin: InputStream, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  return new Promise((resolve, reject) => {
    const stop = (settle: () => void) => {
      stdin.off('data', onData).off('end', onEnd).off('error', onError);
      settle();
    };
    const onEnd = () => stop(resolve);
    const onError = (error: Error) => stop(() => reject(error));
    const onData = (chunk: string | Uint8Array) => {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      if (text.includes(interrupt)) return stop(() => reject(problem('interrupted', {})));
      const end = endOf(text);
      take(end === -1 ? text : text.slice(0, end));
      if (end !== -1) stop(resolve);
    };
    stdin.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

function endOf(text: string): number {
  const end = text.indexOf(endOfText);
  return end === -1 ? text.indexOf(substitute) : end;
}

function count(typed: readonly string[]): string {
  const length = typed.reduce((sum, text) => sum + text.length, 0);
  return `${length.toLocaleString('en')} characters`;
}

/** Removes the terminal's paste markers; Enter and pasted line ends become line feeds. */
function cleaned(text: string): string {
  const pasted = text.replace(/\x1b\[20[01]~/g, '').replace(/\r\n?/g, '\n');
  if (!backspace.test(pasted)) return pasted;
  const kept: string[] = [];
  for (const character of pasted) {
    if (backspace.test(character)) kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}
