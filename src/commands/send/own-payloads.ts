import { isObject, type Json, readJson } from '../../payload/build/json.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { readCall } from '../../payload/read-call.js';
import { problem } from '../../problems/problem.js';

/** The payloads in a user's own file, a call for each. */
export async function readOwnPayloads(
  bytes: Uint8Array,
  name: string,
  warn: (code: string, message: string) => void,
): Promise<PayloadSource[]> {
  const text = Buffer.from(bytes).toString('utf8');
  const isJson = /^\s*[{[]/.test(text);
  const reading = readCall(bytes, isJson ? 'application/json' : undefined);
  if (reading.kind === 'problem') {
    throw problem('no_payload', { source: sourceOf(name), reason: reading.message });
  }
  for (const { code, message } of reading.warnings) {
    if (code !== 'not_a_form') warn(code, message);
  }
  return [sourceFrom(reading.text, name)];
}

function sourceFrom(text: string, name: string): PayloadSource {
  let payload: Json;
  try {
    payload = readJson(text);
  } catch (error) {
    // The text is sound, so it is its depth that the reader has no room for.
    const reason = 'it is nested too deeply';
    throw problem('no_payload', { source: sourceOf(name), reason }, error);
  }
  if (!isObject(payload)) {
    throw problem('no_payload', { source: sourceOf(name), reason: 'it is no object of panels' });
  }
  return { name: sourceOf(name), payload, text };
}

function sourceOf(name: string): string {
  return name === '-' ? 'stdin' : name;
}
