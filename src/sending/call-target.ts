import type { HeaderPairs } from '../call/call.js';
import type { Credentials } from '../call/plan-call.js';
import type { CommandContext, CommandInput } from '../cli/command.js';
import { nearestAuth, readCredentials, readPrintedCredentials } from '../cli/credentials.js';
import type { OptionValues } from '../cli/options/option.js';
import type { sendTarget } from '../cli/options/sending.js';
import { targetUrl } from '../cli/options/values.js';

type TargetOptions = OptionValues<{ readonly 'Target:': typeof sendTarget }>;

/** Where calls go, and how. */
export interface CallTarget {
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
}

/**
 * Resolves the options of a target; `fallback` is its URL without `--to`. Calls `warn` for risky ones.
 * Printed calls take any credentials, and their URL need not exist.
 */
export async function readCallTarget(
  input: CommandInput<TargetOptions>,
  fallback: () => Promise<string> | string,
  {
    context,
    isPrinted,
    warn,
  }: {
    readonly context: CommandContext;
    readonly isPrinted: boolean;
    readonly warn: (code: string, message: string) => void;
  },
): Promise<CallTarget> {
  const { to, header, timeout, insecure } = input.options;
  const { url, credentials } = to ?? targetUrl('--to', await fallback());
  const auth = nearestAuth(to, input);
  const read = isPrinted ? readPrintedCredentials : readCredentials;
  const chosen = auth === undefined ? credentials : await read(auth, context, warn);
  if (insecure && !isPrinted) {
    warn('insecure', `TLS verification is off for ${url.host} (--insecure).`);
  }
  return { url, credentials: chosen, headers: header, timeout: Math.max(1, timeout), insecure };
}
