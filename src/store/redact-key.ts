import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';
import type { StoreFiles } from './folder.js';

const keyBytes = 32;

/**
 * The key that the stand-ins of a store's captures are made with: its own, made when it is first
 * asked for, and readable by nobody else. Undefined where there is no store.
 */
export function redactKey(files: StoreFiles, random: Uint8Array): Uint8Array | undefined {
  if (!existsSync(files.folder)) return undefined;
  const path = join(files.folder, 'redact.key');
  try {
    if (!existsSync(path)) makeKey(path, random.subarray(0, keyBytes));
    const key = readFileSync(path);
    if (key.length >= keyBytes) return key;
    throw new Error('it contains no key');
  } catch (error) {
    throw problem('redact_key_not_read', { path, reason: plainReason(error) }, error);
  }
}

/** The file appears with its key, or not at all: of two who make it at once, one's stays. */
function makeKey(path: string, key: Uint8Array): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, key, { mode: 0o600, flag: 'wx' });
    linkSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
