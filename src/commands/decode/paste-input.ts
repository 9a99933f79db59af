import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command.js';
import { readStdin } from '../../cli/input.js';
import { problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';

/**
 * The bytes to decode. `-` is stdin; a word is an existing file's name or the text itself; without
 * a word it is the clipboard if requested, a paste on a terminal, or stdin.
 */
export async function readPasteInput(
  word: string | undefined,
  clipboard: boolean,
  context: CommandContext,
): Promise<Uint8Array> {
  if (clipboard) return (await import('./clipboard.js')).readClipboard(context.host);
  if (word !== undefined && word !== '-') return (await readNamed(word, context)) ?? encode(word);
  if (context.host.stdin.isTTY === true && word === undefined) {
    if (context.global.json) {
      throw problem('usage', {
        message: 'decode has no input, and --json disables prompts.',
        hint: 'Pass a text, a file, --clipboard or a pipe, like: netcore-hook decode --json body.txt',
      });
    }
    const { askPaste } = await import('./ask-paste.js');
    return encode(await askPaste(context));
  }
  return readStdin(context);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The file of that name; undefined when the word is text. */
async function readNamed(word: string, { host }: CommandContext): Promise<Uint8Array | undefined> {
  if (word === '' || word.length > 4096 || word.includes('\0')) return undefined;
  const path = resolve(host.cwd, word);
  try {
    return await readFile(path);
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL'].includes(
      errorCode(error) ?? '',
    );
    if (missing && !looksLikePath(word)) return undefined;
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
}

/** File names have an extension or a folder, and none of the characters of a payload. */
function looksLikePath(word: string): boolean {
  return /[./\\~]/.test(word) && !/[{}%=&"'<>\s]/.test(word);
}
