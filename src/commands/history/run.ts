import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { wholeNumber } from '../../cli/option-values.js';
import { reporter } from '../../cli/reporter.js';
import type { RecordNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { type History, type ListedCapture, openHistory } from '../../store/history.js';
import { captureNotice } from '../capture-notice.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Lists captures, or shows one. */
export async function runHistory(input: CommandInput, context: CommandContext): Promise<number> {
  const request = readRequest(input);
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context));
  const history = openHistory(storeFiles(context.host, context.global));
  try {
    switch (request.kind) {
      case 'list':
        for (const listed of history.newest(request.limit)) emit(listNotice(listed, history));
        break;
      case 'show':
        emit(recordNotice(history.find(request.reference)));
        break;
      case 'body':
        context.host.stdout.write(history.find(request.reference).body);
        break;
    }
  } finally {
    history.close();
  }
  return exitCodes.done.code;
}

type Request =
  | { readonly kind: 'list'; readonly limit: number }
  | { readonly kind: 'show' | 'body'; readonly reference: string };

function readRequest(input: CommandInput): Request {
  const [what = 'list', id] = input.words;
  if (what === 'list') {
    if (id !== undefined) {
      throw problem('usage', {
        message: `history list takes no id, and "${id}" was given.`,
        hint: `Try: netcore-hook history show ${id}`,
      });
    }
    const limit = wholeNumber('--limit', String(input.options.limit), { min: 1, max: 1_000_000 });
    return { kind: 'list', limit };
  }
  const reference = what === 'show' ? id : what;
  if (reference === undefined) {
    throw problem('usage', {
      message: 'history show needs to know which capture.',
      hint: 'Try: netcore-hook history show last',
    });
  }
  return { kind: input.options.body === true ? 'body' : 'show', reference };
}

function listNotice(listed: ListedCapture, history: History): HistoryNotice {
  if (listed.content.kind === 'unread') {
    return captureNotice(listed, { bytes: listed.bytes, ...reading(history.find(listed.id)) });
  }
  const { events, problem } = listed.content;
  return captureNotice(listed, { bytes: listed.bytes, events, problem });
}

function recordNotice(capture: Capture): RecordNotice {
  return {
    ...captureNotice(capture, { bytes: capture.body.byteLength, ...reading(capture) }),
    headers: capture.headers,
    body: Buffer.from(capture.body).toString('base64'),
    attempts: [],
  };
}

function reading(capture: Capture) {
  const content = readCallContent(capture);
  return content.kind === 'payload'
    ? { events: content.events, problem: null }
    : { events: [], problem: content.message };
}
