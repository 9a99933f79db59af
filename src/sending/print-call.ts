import type { OutgoingCall } from '../call/call.js';
import { curlCommand } from '../call/curl-command.js';
import type { PrintForm } from '../cli/options/calling.js';
import { JsonText } from '../output/json-text.js';
import type { PayloadNotice, PrintedNotice } from '../output/notice.js';
import { visibleBlock } from '../output/safe.js';
import { compactJson, indentJson } from '../payload/json-text.js';

export interface PrintableCall {
  readonly call: OutgoingCall;
  /** The payload in its body. */
  readonly json: string;
  readonly events: number;
  readonly insecure: boolean;
}

/** A call in the form that `--print` requests. */
export function printedCall(
  print: PrintForm,
  { call, json, events, insecure }: PrintableCall,
): PayloadNotice | PrintedNotice {
  switch (print) {
    case 'json': {
      const payload = new JsonText(compactJson(json));
      return { type: 'payload', payload, layers: [], warnings: [], events };
    }
    case 'form':
      return { type: 'printed', print, text: Buffer.from(call.body).toString('utf8') };
    case 'curl':
      return { type: 'printed', print, text: curlCommand(call, { insecure }) };
  }
}

/** The same as text for a terminal or another program. */
export function printedText(notice: PayloadNotice | PrintedNotice): string {
  const text = notice.type === 'payload' ? indentJson(notice.payload.text) : notice.text;
  return `${visibleBlock(text)}\n`;
}
