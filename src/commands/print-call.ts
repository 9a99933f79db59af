import type { OutgoingCall } from '../call/call.js';
import { curlCommand } from '../call/curl-command.js';
import { JsonText } from '../output/json-text.js';
import type { PayloadNotice, PrintedNotice } from '../output/notice.js';
import { visibleBlock } from '../output/safe.js';
import { writeForm } from '../payload/form-codec.js';
import { compactJson, indentJson } from '../payload/json-text.js';

/** What `--print` takes. */
export const printForms = ['json', 'form', 'curl'] as const;
export type PrintForm = (typeof printForms)[number];
