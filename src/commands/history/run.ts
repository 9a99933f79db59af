import type { Capture } from '../../call/call.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { TypedRedaction } from '../../cli/redact-option.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { writeRaw } from '../../output/raw-output.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { storeFiles } from '../../store/folder.js';
import { type CaptureStory, type History, openHistory } from '../../store/history.js';
import { captureNotice } from '../capture-notice.js';
import { recordNotice } from '../capture-record.js';
import { findCapture } from '../find-capture.js';
import { plural } from '../plural.js';
import { reachNotice } from '../reach.js';
import { followCaptures } from './follow.js';
import { importCaptures } from './import.js';
import { pruneCaptures } from './prune.js';
import { type HistoryRequest, readHistoryRequest } from './request.js';
import { countCaptures } from './statistics.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Lists, shows, exports, imports, counts or prunes captures. */
export async function runHistory(input: CommandInput, context: CommandContext): Promise<number> {
  const request = readHistoryRequest(input, context.host.now());
  const emit = reporter<HistoryNotice>(context, await createHistoryView(request, context));
  const files = storeFiles(context.host, context.global);
  if (request.kind === 'import') return importCaptures(request.file, files, context, emit);
  if (request.kind === 'prune') return pruneCaptures(request, files, context, emit);
  const history = openHistory(files);
  try {
    const code = await readHistory(request, history, context, emit);
    if (history.unreadable() > 0) emit(unreadable(history.unreadable()));
    return code;
  } finally {
    history.close();
  }
}

type Reading = Exclude<HistoryRequest, { readonly kind: 'import' | 'prune' }>;

async function readHistory(
  request: Reading,
  history: History,
  context: CommandContext,
  emit: Emit<HistoryNotice>,
): Promise<number> {
  const { host } = context;
  const hasRoom = roomToWrite(host.stdout);
  switch (request.kind) {
    case 'list': {
      if (request.follow) {
        await followCaptures(request, history, context, emit);
        break;
      }
      let left = request.limit;
      for (const capture of history.captures(request.query, 'newest first')) {
        emit(captureNotice(capture, capture));
        left -= 1;
        if (left === 0) break;
        if (!(await hasRoom())) break;
      }
      if (left === request.limit) emit(noneMatches);
      emitReach(history, context, emit);
      break;
    }
    case 'show': {
      const found = findCapture(history, request.reference);
      const story = history.story(found.id.replace(/\..*/, ''));
      const shown = await prepared(request.redaction, context, emit);
      const told = shown(found, story);
      if (request.bodyOnly) writeRaw(host.stdout, told.capture.body);
      else emit(recordNotice(told.capture, told.story));
      break;
    }
    case 'export': {
      let exported = 0;
      const shown = await prepared(request.redaction, context, emit);
      for (const found of chosen(request, history)) {
        const { capture, story } = shown(found, history.story(found.id));
        emit(recordNotice(capture, story));
        exported += 1;
        if (!(await hasRoom())) break;
      }
      if (exported === 0) emit(noneMatches);
      break;
    }
    case 'stats':
      emit(
        countCaptures(
          history.captures(request.query, 'oldest first'),
          request.by,
          request.query,
          reachNotice(history.retention(host.now()).reach),
        ),
      );
      break;
  }
  return exitCodes.done.code;
}

/** A list for people says how far back there is anything to list. */
function emitReach(history: History, context: CommandContext, emit: Emit<HistoryNotice>): void {
  const reach = reachNotice(history.retention(context.host.now()).reach);
  if (!reach || context.global.json || !context.host.stdout.isTTY) return;
  emit({ type: 'reach', ...reach });
}

type Told = (
  capture: Capture,
  story: CaptureStory,
) => { readonly capture: Capture; readonly story: CaptureStory };

/** How captures are told: as they were recorded, or redacted, with what is to be known of that. */
async function prepared(
  typed: TypedRedaction,
  context: CommandContext,
  emit: Emit<HistoryNotice>,
): Promise<Told> {
  if (typed.redact !== true && typed.redactKey === undefined) {
    return (capture, story) => ({ capture, story });
  }
  const { readRedaction, redactCapture } = await import('../redaction.js');
  const hash = await readRedaction(typed, context);
  if (hash === undefined) return (capture, story) => ({ capture, story });
  return (capture, story) => {
    const { warning, ...told } = redactCapture(capture, story, hash);
    if (warning) emit(warning);
    return told;
  };
}

function unreadable(captures: number): HistoryNotice {
  return {
    type: 'warning',
    code: 'captures_unreadable',
    message: `${plural(captures, 'capture')} cannot be read and ${captures === 1 ? 'was' : 'were'} left out: the store is damaged. The next start of netcore-hook listen sets it aside and copies what can be read.`,
  };
}

const noneMatches: HistoryNotice = {
  type: 'warning',
  code: 'no_match',
  message: 'No capture matches.',
};

function* chosen(
  { references, query }: Extract<HistoryRequest, { readonly kind: 'export' }>,
  history: History,
) {
  if (references.length > 0) {
    // All of them are looked for first, so that a mistyped one leaves no half of an export.
    const found = references.map((reference) => findCapture(history, reference).id);
    for (const id of found) yield findCapture(history, id);
    return;
  }
  for (const { position } of history.captures(query, 'oldest first')) {
    const capture = history.at(position);
    // A listener may have removed it since it was listed.
    if (capture) yield capture;
  }
}
