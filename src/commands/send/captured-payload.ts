import { shortId } from '../../call/capture-id.js';
import { readCallContent } from '../../call/content.js';
import type { CommandContext } from '../../cli/command.js';
import { type JsonObject, readJson } from '../../payload/build/json.js';
import type { PayloadSource } from '../../payload/build/plan-payloads.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { findCapture, openHistory } from '../../store/history.js';

/** The payload of a capture as a template: sent verbatim unless an option changes it. */
export function payloadOfCapture(
  reference: string,
  { host, global }: CommandContext,
): PayloadSource {
  const history = openHistory(storeFiles(host, global));
  try {
    const capture = findCapture(history, reference);
    const content = readCallContent(capture);
    if (content.kind === 'problem') {
      throw problem('capture_without_payload', { id: capture.id, reason: content.message });
    }
    const text = content.text();
    return {
      name: `like ${shortId(capture.id)}`,
      payload: readJson(text) as JsonObject,
      text,
    };
  } finally {
    history.close();
  }
}
