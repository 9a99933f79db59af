import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { splitCredentials } from '../call/split-credentials.js';
import { assignment } from '../problems/assignment.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { CommandContext, CommandInput } from './command.js';
import type { Named, Target } from './options/kinds.js';
import type { Credentials } from './options/values.js';

/**
 * Reads the value of `--auth`: `user:pass` (split at the first colon), `user` (prompts for the
 * password), or `@file` whose first line is `user:pass`. Calls `warn` when other users may read
 * that file.
 */
export async function readCredentials(
  { name: option, value }: Named,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Credentials> {
  if (value.startsWith('@')) {
    const [first] = await readCredentialsFile(option, value.slice(1), context, warn);
    return first;
  }
  const found = splitCredentials(value);
  if (found) return found;
  if (value === '' || value.startsWith(':')) {
    throw problem('credentials_invalid', { option, reason: 'the user name is missing' });
  }
  const { askPassword, canAsk } = await import('./prompts.js');
  if (!canAsk(context)) {
    throw problem('needs_terminal', {
      what: `The password of "${value}"`,
      flag: `${assignment(option, 'user:password')}, or ${assignment(option, '@file')}`,
      json: context.global.json,
    });
  }
  return { user: value, password: await askPassword(`Password of ${value}`, context) };
}

/** For calls that are only printed: they hold no password, so it does not prompt. */
export async function readPrintedCredentials(
  given: Named,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Credentials> {
  const { value } = given;
  if (!value.includes(':') && !value.startsWith('@')) return { user: value, password: '' };
  return readCredentials(given, context, warn);
}

/** The credentials in a file, one `user:pass` a line; ignores empty lines. */
export async function readCredentialsFile(
  option: string,
  name: string,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<[Credentials, ...Credentials[]]> {
  const path = resolve(context.host.cwd, name);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
    if (context.host.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
      warn('credentials_readable', `Other users can read ${path}. Try: chmod 600 ${path}`);
    }
  } catch (error) {
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
  const lines = text.split(/\r?\n/);
  const [first, ...others] = lines.flatMap((line, index) => {
    if (line === '' && index > 0) return [];
    const found = splitCredentials(line);
    if (found) return [found];
    throw problem('credentials_invalid', {
      option,
      reason: `line ${index + 1} of ${path} is not user:password`,
    });
  });
  if (first) return [first, ...others];
  throw problem('credentials_invalid', { option, reason: `${path} is empty` });
}

/**
 * The credentials for a target. Those in its URL take precedence over a setting, but not over a
 * typed option. Undefined: use those of the URL, if any.
 */
export function nearestAuth(
  to: Target | undefined,
  { options, from }: CommandInput<{ readonly auth: Named | undefined }>,
): Named | undefined {
  return to?.credentials && from('auth').kind !== 'flag' ? undefined : options.auth;
}
