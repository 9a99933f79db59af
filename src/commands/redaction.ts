import { resolve } from 'node:path';
import type { Capture } from '../call/call.js';
import { shortId } from '../call/capture-id.js';
import { keyedHash, type RedactionRemark, redactCall } from '../call/redact-call.js';
import type { CaptureStory } from '../call/story.js';
import type { CommandContext } from '../cli/command.js';
import { readTextFile } from '../cli/input.js';
import type { redaction } from '../cli/options/decoding.js';
import type { OptionValues } from '../cli/options/option.js';
import type { WarningNotice } from '../output/notice.js';
import type { KeyedHash } from '../payload/redact/pseudonyms.js';
import { problem } from '../problems/problem.js';
import { redactKey, storeFilesIfAny } from '../store/folder.js';

export type RedactionOptions = OptionValues<{ readonly all: typeof redaction }>;

/** Resolves `--redact` and `--redact-key`; undefined without redaction. */
export async function readRedaction(
  { redact, redactKey: key }: RedactionOptions,
  context: CommandContext,
): Promise<KeyedHash | undefined> {
  if (!redact) {
    if (key === undefined) return undefined;
    throw problem('usage', {
      message: '--redact-key requires --redact.',
      hint: 'Add --redact.',
    });
  }
  if (key !== undefined) return keyedHash(await readKey(key, context));
  const { host, global } = context;
  const random = host.randomBytes(32);
  // Without a store, pseudonyms are only stable within this output.
  const files = storeFilesIfAny(host, global);
  return keyedHash((files && redactKey(files, random)) ?? random);
}

async function readKey(typed: string, { host }: CommandContext): Promise<string> {
  let key = typed;
  if (typed.startsWith('@')) {
    key = (await readTextFile(resolve(host.cwd, typed.slice(1)))).trim();
  }
  if (key !== '') return key;
  throw problem('invalid_value', {
    what: '--redact-key',
    value: typed,
    reason: 'it contains no key',
    hint: 'Omit it to use the key of the store, or pass any text that only you know.',
  });
}

/** A capture and its story without personal data, and a warning about it if needed. */
export function redactCapture(
  capture: Capture,
  story: CaptureStory,
  hash: KeyedHash,
): { capture: Capture; story: CaptureStory; warning: WarningNotice | undefined } {
  const { call, remark, redactText } = redactCall(capture, hash);
  const { deliveries, attempts } = story;
  return {
    capture: call,
    story: {
      ...story,
      deliveries: deliveries.map((each) => ({ ...each, target: redactText(each.target) })),
      attempts: attempts.map((attempt) => ({
        ...attempt,
        url: redactText(attempt.url),
        reason: attempt.reason && redactText(attempt.reason),
        answer: attempt.answer && redactText(attempt.answer),
      })),
    },
    warning: remark && {
      type: 'warning',
      code: `redacted_${remark}`,
      message: `Capture ${shortId(capture.id)}: ${remarks[remark]}`,
    },
  };
}

const remarks: Readonly<Record<RedactionRemark, string>> = {
  decoded: 'its body was compressed and is shown decompressed.',
  left_out: 'its body is omitted, since it cannot be decoded and so cannot be redacted.',
  by_pattern:
    'its body is neither a form nor JSON, so only text that looks like an address, a number or a token was redacted.',
};
