import { curlCommand } from '../../call/curl-command.js';
import { planCall } from '../../call/plan-call.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { nearestAuth, readPrintedCredentials } from '../../cli/credentials.js';
import { readInput } from '../../cli/input.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { encodeOptions } from '../../cli/options/sending.js';
import { targetUrl } from '../../cli/options/values.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { PrintedNotice, WarningNotice } from '../../output/notice.js';
import { visible, visibleBlock } from '../../output/safe.js';
import { encode } from '../../payload/encode.js';
import { decodeText } from '../../payload/text-encoding.js';
import { invalidUtf8At } from '../../payload/utf8.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { defaultUrl } from '../../sending/default-target.js';
import { readVersion } from '../../version.js';

type EncodeInput = CommandInput<OptionValues<typeof encodeOptions>>;

/** Prints the body for a payload, or a command that sends it. */
export async function runEncode(input: EncodeInput, context: CommandContext): Promise<number> {
  const { options, from } = input;
  const goes = from('to').kind === 'flag' || from('auth').kind === 'flag';
  if (options.print === 'form' && goes) {
    throw problem('usage', {
      message: '--to and --auth require --print curl.',
      hint: 'Add --print curl.',
    });
  }
  const emit = reporter<PrintedNotice | WarningNotice>(context, (notice) =>
    notice.type === 'warning'
      ? { err: `warning  ${visible(notice.message)}\n` }
      : { out: `${visibleBlock(notice.text)}\n` },
  );
  const json = jsonText(await readJsonInput(input.words[0], context));
  const body = encode(json, { spelling: options.indented ? 'indented' : 'compact' });
  const text = options.print === 'curl' ? await curlFor(body, input, context, emit) : body;
  emit({ type: 'printed', print: options.print, text });
  return exitCodes.done.code;
}

/** On a terminal it announces that it reads stdin, since a silent wait looks like a hang. */
async function readJsonInput(
  name: string | undefined,
  context: CommandContext,
): Promise<Uint8Array> {
  const { host, global } = context;
  const fromTerminal = host.stdin.isTTY === true && (name === undefined || name === '-');
  if (fromTerminal && global.json) {
    throw problem('usage', {
      message: 'encode has no input, and --json disables prompts.',
      hint: 'Pass a file or a pipe, like: netcore-hook encode --json payload.json',
    });
  }
  if (fromTerminal && !global.quiet) {
    const key = host.platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D';
    host.stderr.write(`Type or paste the JSON of a payload, then press ${key} on an empty line.\n`);
  }
  return readInput(name, context);
}

function jsonText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = decodeText(bytes);
  } catch (error) {
    const offset = invalidUtf8At(bytes);
    throw problem('paste_not_utf8', { in: 'The JSON', offset }, error);
  }
  if (text.trim() === '') throw problem('paste_empty', { to: 'encode' });
  return text;
}

async function curlFor(
  body: string,
  input: EncodeInput,
  context: CommandContext,
  emit: Emit<WarningNotice>,
): Promise<string> {
  const to = input.options.to ?? targetUrl('--to', defaultUrl);
  const auth = nearestAuth(to, input);
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const call = planCall({
    url: to.url,
    body: new TextEncoder().encode(body),
    userAgent: `netcore-hook/${readVersion()}`,
    credentials:
      auth === undefined ? to.credentials : await readPrintedCredentials(auth, context, warn),
  });
  return curlCommand(call);
}
