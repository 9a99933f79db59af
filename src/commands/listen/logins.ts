import type { CommandContext } from '../../cli/command.js';
import { readCredentials, readCredentialsFile } from '../../cli/credentials.js';
import type { Named } from '../../cli/options/kinds.js';
import type { Credentials } from '../../cli/options/values.js';
import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import { type Authenticate, basicAuthenticator } from '../../receiver/basic-auth.js';

/** Who may log in to a listener, now. */
export interface Logins {
  /** Undefined: nobody is asked. */
  readonly authenticate: Authenticate | undefined;
  users(): readonly string[];
  /** The first of them, to log in with at a handler that asks for the same. */
  first(): Credentials | undefined;
  /** What `generate` made up, which nobody knows yet. */
  readonly generated: Credentials | undefined;
  /**
   * Reads the files again, so that a password can be changed while calls come. Throws a problem
   * when that fails; then the logins stay as they were.
   */
  readAgain(): Promise<void>;
}

type Warn = (code: string, message: string) => void;

/** Several `--auth` are accepted side by side, and so are the lines of an `@file`. */
export async function readLogins(
  given: readonly Named[],
  context: CommandContext,
  warn: Warn,
): Promise<Logins> {
  const sources: (() => Promise<readonly Credentials[]>)[] = [];
  let generated: Credentials | undefined;
  for (const { name, value } of given) {
    if (value === 'generate') {
      generated ??= generateCredentials(context.host);
      const credentials = [generated];
      sources.push(async () => credentials);
    } else if (value.startsWith('@')) {
      sources.push(() => readCredentialsFile(name, value.slice(1), context, warn));
    } else {
      // One at a time: a password may be asked for.
      const credentials = [await readCredentials({ name, value }, context, warn)];
      sources.push(async () => credentials);
    }
  }
  const read = async () => (await Promise.all(sources.map((source) => source()))).flat();
  if (generated && context.global.quiet && !context.global.json) {
    throw problem('usage', {
      message: '--quiet would hide the password that --auth generate creates.',
      hint: 'Remove --quiet, or pass --auth user:password.',
    });
  }
  let accepted = await read();
  let authenticate = basicAuthenticator(accepted);
  return {
    authenticate: given.length > 0 ? (headers) => authenticate(headers) : undefined,
    first: () => accepted[0],
    generated,
    users: () => [...new Set(accepted.map(({ user }) => user))],
    async readAgain() {
      accepted = await read();
      authenticate = basicAuthenticator(accepted);
    },
  };
}

const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const passwordLength = 24;

/** A password of 139 bits, of letters and digits that nobody mistakes for one another. */
function generateCredentials({ randomBytes }: Host): Credentials {
  let password = '';
  while (password.length < passwordLength) {
    for (const byte of randomBytes(passwordLength)) {
      // Bytes beyond the last whole multiple would make some letters likelier than others.
      const sound = byte < Math.floor(256 / letters.length) * letters.length;
      if (sound && password.length < passwordLength) password += letters[byte % letters.length];
    }
  }
  return { user: 'netcore', password };
}
