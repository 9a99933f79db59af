import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { CommandContext } from './command.js';
import type { Credentials } from './option-values.js';

/**
 * Credentials as `--auth` takes them: `user:pass` (cut at the first colon), `user` (the password is
 * asked for on a terminal), or `@file` whose first line is `user:pass`. `warn` is told when others
 * may read that file.
 */
export async function readCredentials(
  option: string,
  value: string,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Credentials> {
  if (value.startsWith('@')) return credentialsOfFile(option, value.slice(1), context, warn);
  const found = splitCredentials(value);
  if (found) return found;
  if (value === '' || value.startsWith(':')) {
    throw problem('credentials_invalid', { option, reason: 'the user name is missing' });
  }
  if (!context.host.stdin.isTTY || context.global.json) {
    throw problem('needs_terminal', {
      what: `The password of "${value}"`,
      flag: `${option} user:password, or ${option} @file`,
    });
  }
  const { askPassword } = await import('./prompts.js');
  return { user: value, password: await askPassword(`Password of ${value}`, context) };
}

async function credentialsOfFile(
  option: string,
  name: string,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Credentials> {
  const path = resolve(context.host.cwd, name);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
    if (context.host.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
      warn('credentials_readable', `Others may read ${path}. Try: chmod 600 ${path}`);
    }
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
  const found = splitCredentials(text.split(/\r?\n/, 1)[0] ?? '');
  if (found) return found;
  throw problem('credentials_invalid', {
    option,
    reason: `the first line of ${path} is not user:password`,
  });
}

function splitCredentials(text: string): Credentials | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
