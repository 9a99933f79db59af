import { setTimeout as wait } from 'node:timers/promises';
import type { CaptureQuery } from '../../call/capture-query.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { ListedCapture } from '../../store/capture-search.js';
import type { History } from '../../store/history.js';
import { listedNotice } from './listed-notice.js';
import type { HistoryNotice } from './view.js';

/** Milliseconds between two reads of the store. */
const lookEveryMs = 200;

/** Emits the newest captures, oldest first, then new ones until a stop signal. */
export async function followCaptures(
  { query, limit }: { readonly query: CaptureQuery; readonly limit: number },
  history: History,
  context: CommandContext,
  emit: Emit<HistoryNotice>,
): Promise<void> {
  const stop = new AbortController();
  const forget = context.host.onStopSignal(() => stop.abort());
  try {
    let seq = history.newestSeq();
    for (const capture of newest(history, query, limit, seq)) {
      emit(listedNotice(capture, context));
    }
    while (!stop.signal.aborted) {
      const span = { after: seq, upTo: history.newestSeq() };
      if (span.upTo > span.after) {
        for (const capture of history.captures(query, 'oldest first', span)) {
          emit(listedNotice(capture, context));
        }
        seq = span.upTo;
      }
      await wait(lookEveryMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  } finally {
    forget();
  }
}

function newest(
  history: History,
  query: CaptureQuery,
  limit: number,
  upTo: number,
): ListedCapture[] {
  const found: ListedCapture[] = [];
  for (const capture of history.captures(query, 'newest first', { upTo })) {
    found.push(capture);
    if (found.length === limit) break;
  }
  return found.reverse();
}
