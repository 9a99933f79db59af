import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { splitCredentials } from '../call/split-credentials.js';
import { assignment } from '../problems/assignment.js';
import { problem } from '../problems/problem.js';
import type { CommandContext, CommandInput } from './command.js';
import { readTextFile } from './input.js';
import { type Named, soundCredentials, type Target } from './options/kinds.js';
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

/** The credentials in a file, one `user:pass` a line; ignores empty lines and comments. */
export async function readCredentialsFile(
  option: string,
  name: string,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<[Credentials, ...Credentials[]]> {
  const path = resolve(context.host.cwd, name);
  const text = await readTextFile(path);
  if (context.host.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    warn('credentials_readable', `Other users can read ${path}. Try: chmod 600 ${path}`);
  }
  const [first, ...others] = text.split(/\r\n?|\n/).flatMap((line, index) => {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) return [];
    const location = `line ${index + 1} of ${path}`;
    const value = soundCredentials(option, withoutAssignment(written), location);
    const found = splitCredentials(value);
    if (found) return [found];
    throw problem('credentials_invalid', { option, reason: `${location} is not user:password` });
  });
  if (first) return [first, ...others];
  throw problem('credentials_invalid', { option, reason: `${path} is empty` });
}

/** Removes the name in a line like `SHOP_AUTH=user:password`, as files of variables have it. */
function withoutAssignment(line: string): string {
  return line.replace(/^(?:export\s+)?[A-Z][A-Z0-9_]{3,}=(?=["']?[^=:]+:)/, '');
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
