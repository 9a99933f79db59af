import type { CommandContext } from '../../cli/command.js';
import { readCredentials, readCredentialsFile } from '../../cli/credentials.js';
import type { Named } from '../../cli/options/kinds.js';
import type { Credentials } from '../../cli/options/values.js';
import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import { type Authenticate, basicAuthenticator } from '../../receiver/basic-auth.js';

/** The accepted credentials of a listener. */
export interface Logins {
  /** Undefined without authentication. */
  readonly authenticate: Authenticate | undefined;
  users(): readonly string[];
  /** The first pair, for forwarding to a handler with the same credentials. */
  first(): Credentials | undefined;
  /** The credentials that `generate` created, which must be shown. */
  readonly generated: Credentials | undefined;
  /**
   * Reloads the files, so that a password can change while calls arrive. On failure throws a
   * problem and keeps the current logins.
   */
  readAgain(): Promise<void>;
}

type Warn = (code: string, message: string) => void;

/** Accepts all `--auth` options and all lines of an `@file`. */
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
      // One at a time: it may prompt for a password.
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

/** A password of 139 bits, from letters and digits that are hard to confuse. */
function generateCredentials({ randomBytes }: Host): Credentials {
  let password = '';
  while (password.length < passwordLength) {
    for (const byte of randomBytes(passwordLength)) {
      // Larger bytes would make some letters more likely than others.
      const sound = byte < Math.floor(256 / letters.length) * letters.length;
      if (sound && password.length < passwordLength) password += letters[byte % letters.length];
    }
  }
  return { user: 'netcore', password };
}
