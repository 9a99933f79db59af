import { execFile } from 'node:child_process';
import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';

type CommandLine = readonly [program: string, ...words: string[]];

/** Programs that print the clipboard as UTF-8, in order of preference. */
function readersOf({ platform, env }: Host): CommandLine[] {
  const windows: CommandLine = [
    'powershell.exe',
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    '[Console]::OutputEncoding = [Text.UTF8Encoding]::new(); Get-Clipboard -Raw',
  ];
  switch (platform) {
    case 'win32':
      return [windows];
    case 'darwin':
      return [['pbpaste']];
    default:
      return [
        ...(env.WAYLAND_DISPLAY ? ([['wl-paste', '--no-newline']] as const) : []),
        ['xclip', '-selection', 'clipboard', '-out'],
        ['xsel', '--clipboard', '--output'],
        ...(env.WSL_DISTRO_NAME ? [windows] : []),
        ...(env.TERMUX_VERSION ? ([['termux-clipboard-get']] as const) : []),
      ];
  }
}

/** A clipboard program may wait for an application that hangs. */
const timeoutMs = 10_000;
const maxBytes = 64 * 1024 * 1024;

/** Reads the clipboard. Throws `clipboard_failed`. */
export async function readClipboard(host: Host): Promise<Uint8Array> {
  const readers = readersOf(host);
  for (const [program, ...words] of readers) {
    try {
      return await outputOf(program, words, host);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') continue;
      throw problem('clipboard_failed', { reason: reasonOf(program, error) }, error);
    }
  }
  const names = readers.map(([program]) => program);
  const reason =
    names.length === 1
      ? `${names[0]} is not installed`
      : `none of ${names.slice(0, -1).join(', ')} and ${names.at(-1)} is installed`;
  throw problem('clipboard_failed', { reason });
}

function outputOf(program: string, words: readonly string[], { env }: Host): Promise<Buffer> {
  // Without this, pbpaste writes non-ASCII characters as question marks.
  const options = { env: { ...env, LC_CTYPE: 'UTF-8' }, timeout: timeoutMs, maxBuffer: maxBytes };
  return new Promise((resolve, reject) => {
    execFile(program, words, { ...options, encoding: 'buffer' }, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { said: stderr.toString('utf8') }));
      else resolve(stdout);
    });
  });
}

function reasonOf(program: string, error: unknown): string {
  const { said = '', killed = false } = error as { said?: string; killed?: boolean };
  const [line = ''] = said.trim().split('\n');
  if (killed) return `${program} did not answer in time`;
  return line === ''
    ? plainReason(error).replace(/\.$/, '')
    : `${program}: ${line.replace(/\.$/, '')}`;
}
