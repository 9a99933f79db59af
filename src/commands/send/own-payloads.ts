import { type JsonObject, readJson } from '../../payload/build/json.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { readPaste } from '../../payload/paste/read-paste.js';

/** The payloads in a user's own file, in any form that `decode` takes: a call for each. */
export function readOwnPayloads(
  bytes: Uint8Array,
  file: string,
  warn: (code: string, message: string) => void,
): PayloadSource[] {
  const reading = readPaste(bytes);
  if (reading.kind === 'problem') throw reading.problem;
  if (reading.lost) throw reading.lost.problem;
  const name = file === '-' ? 'stdin' : file;
  return reading.payloads.map(({ text, warnings }, index) => {
    for (const { code, message } of warnings) warn(code, message);
    const number = reading.payloads.length > 1 ? ` ${index + 1}` : '';
    return { name: `${name}${number}`, payload: readJson(text) as JsonObject, text };
  });
}
