import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeText } from '../payload/text-encoding.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { CommandContext } from './command.js';

/** Reads a text file in UTF-8 or UTF-16. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    throw problem('file_not_read', { path, reason: textFault(error) }, error);
  }
}

/** Why a file could not be read or decoded. */
export function textFault(error: unknown): string {
  return error instanceof TypeError ? 'it is neither UTF-8 nor UTF-16' : plainReason(error);
}

/** Reads a file; `-` or undefined reads stdin. */
export async function readInput(
  name: string | undefined,
  context: CommandContext,
): Promise<Uint8Array> {
  if (name === undefined || name === '-') return readStdin(context);
  if (name === '') return new Uint8Array();
  const path = resolve(context.host.cwd, name);
  try {
    return await readFile(path);
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
}

export async function readStdin({ host }: CommandContext): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of host.stdin) {
    chunks.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
