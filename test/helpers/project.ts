import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** Names the project file in the working folder, and so trusts it. */
export const trusting = { NETCORE_HOOK_CONFIG: 'netcore-hook.config.json' };

/** A folder with a project file, and other files by their names. */
export function project(file: unknown, others: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  const text = typeof file === 'string' ? file : JSON.stringify(file, null, 2);
  for (const [name, content] of Object.entries({ 'netcore-hook.config.json': text, ...others })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  return folder;
}
