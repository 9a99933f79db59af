import type { HeaderPairs } from '../../call/call.js';
import type { Credentials } from '../../call/plan-call.js';
import type { CommandContext } from '../../cli/command.js';
import { nearestAuth, readCredentials, readPrintedCredentials } from '../../cli/credentials.js';
import type { PrintForm } from '../../cli/options/calling.js';
import { targetUrl } from '../../cli/options/values.js';
import { defaultTarget } from '../../sending/default-target.js';
import type { Content } from '../../sending/plan-calls.js';
import { readContent } from './content.js';
import type { SendInput } from './input.js';

export interface SendOptions {
  readonly content: Content;
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  /** Total number of calls; undefined: each source once. */
  readonly count: number | undefined;
  /** Calls per second; undefined: as fast as answers arrive. */
  readonly rate: number | undefined;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  readonly print: PrintForm | undefined;
  readonly yes: boolean;
}

/** Resolves the options; calls `warn` for risky ones. */
export async function readSendOptions(
  input: SendInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<SendOptions> {
  const { options: values } = input;
  const to = values.to ?? targetUrl('--to', await defaultTarget(context));
  const { count, rate, concurrency, print, insecure, yes } = values;
  const options = {
    url: to.url,
    headers: values.header,
    timeout: Math.max(1, values.timeout),
    ...{ count, rate, concurrency, print, insecure, yes },
    content: await readContent(input, context, warn),
  };
  const auth = nearestAuth(values.to, input);
  const read = print === undefined ? readCredentials : readPrintedCredentials;
  const credentials = auth === undefined ? to.credentials : await read(auth, context, warn);
  if (insecure && print === undefined) {
    warn('insecure', `TLS verification is off for ${to.url.host} (--insecure).`);
  }
  return { ...options, credentials };
}
