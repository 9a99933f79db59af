import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { decodeOptions } from '../../cli/options/decoding.js';
import type { OptionValues } from '../../cli/options/option.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { JsonText } from '../../output/json-text.js';
import type { PayloadNotice, WarningNotice } from '../../output/notice.js';
import { type PastePayload, readPaste } from '../../payload/paste/read-paste.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { Problem, problem } from '../../problems/problem.js';
import { readPasteInput } from './paste-input.js';
import { createDecodeView } from './view.js';

type DecodeInput = CommandInput<OptionValues<typeof decodeOptions>>;

/** Decodes a paste from the command line, a file, stdin, the clipboard or the terminal. */
export async function runDecode(
  { words, options }: DecodeInput,
  context: CommandContext,
): Promise<number> {
  const bytes = await readPasteInput(words[0], options.clipboard, context);
  const reading = readPaste(bytes, { repair: options.repair });
  if (reading.kind === 'problem') {
    throw options.redact ? withoutExcerpt(reading.problem) : reading.problem;
  }
  const emit = reporter(context, await createDecodeView(context, options.format));
  const payloads = await shownPayloads(reading.payloads, options, context);
  if (payloads.length > 1) {
    const message = `The paste contains ${payloads.length} payloads, shown in order.`;
    emit({ type: 'warning', code: 'several_payloads', message });
  }
  for (const payload of payloads) emit(noticeOf(payload));
  if (reading.lost) {
    const { line, column, problem } = reading.lost;
    const message = `Another payload begins at line ${line}, column ${column}, and cannot be decoded.`;
    emit({ type: 'warning', code: 'payload_lost', message });
    throw options.redact ? withoutExcerpt(problem) : problem;
  }
  if (options.strict) await insistOnShape(payloads, emit);
  return exitCodes.done.code;
}

/** The excerpt could show personal data. */
function withoutExcerpt({ code, message, hint, exit }: Problem): Problem {
  return new Problem(code, message, hint, exit);
}

async function shownPayloads(
  payloads: readonly PastePayload[],
  options: DecodeInput['options'],
  context: CommandContext,
): Promise<readonly PastePayload[]> {
  if (!options.redact && options.redactKey === undefined) return payloads;
  const { readRedaction } = await import('../redaction.js');
  const hash = await readRedaction(options, context);
  if (hash === undefined) return payloads;
  const { redactJson } = await import('../../call/redact-call.js');
  return payloads.map((payload) => {
    const { json, redactText } = redactJson(payload.text, hash);
    // Messages may name keys and panels.
    const redacted = <T extends { readonly message: string }>(one: T): T => ({
      ...one,
      message: redactText(one.message),
    });
    return { ...payload, text: json, warnings: payload.warnings.map(redacted) };
  });
}

function noticeOf({ text, layers, warnings, events }: PastePayload): PayloadNotice {
  return { type: 'payload', payload: new JsonText(text), layers, warnings, events };
}

/** Simplifies zod's message. */
function plainIssue(message: string): string {
  const expected = message.replace(/^Invalid input: expected /, 'expected ');
  return expected.replace(/^(.*), received undefined$/, 'missing, $1');
}

/** Maximum number of listed departures; the problem counts all of them. */
const listedDepartures = 50;

/** Lists departures from the documented shape, and throws a problem if there are any. */
async function insistOnShape(
  payloads: readonly PastePayload[],
  emit: Emit<WarningNotice>,
): Promise<void> {
  const { payloadSchema } = await import('../../payload/schema.js');
  let count = 0;
  for (const { text } of payloads) {
    const checked = payloadSchema.safeParse(JSON.parse(text));
    for (const issue of checked.error?.issues ?? []) {
      count += 1;
      if (count > listedDepartures) continue;
      const location = issue.path.map(String).join('.') || 'the payload';
      emit({
        type: 'warning',
        code: 'not_as_documented',
        message: `${location}: ${plainIssue(issue.message)}`,
      });
    }
  }
  if (count > 0) throw problem('not_as_documented', { count });
}
