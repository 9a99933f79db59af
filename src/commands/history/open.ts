import type { CommandContext } from '../../cli/command.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import { storeFiles } from '../../store/folder.js';
import { type History, openHistory } from '../../store/history.js';
import { unreadableNotice } from '../unreadable.js';
import { createHistoryView, type HistoryNotice } from './view.js';

export interface OpenedHistory {
  readonly history: History;
  readonly emit: Emit<HistoryNotice>;
}

/** Opens the store for `act`, and resolves to its exit code. `forPrograms`: see the view. */
export async function withHistory(
  context: CommandContext,
  act: (opened: OpenedHistory) => Promise<number>,
  forPrograms = false,
): Promise<number> {
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context, forPrograms));
  const history = openHistory(storeFiles(context.host, context.global));
  try {
    const code = await act({ history, emit });
    if (history.unreadable() > 0) emit(unreadableNotice(history.unreadable()));
    return code;
  } finally {
    history.close();
  }
}

export const noneMatches: HistoryNotice = {
  type: 'warning',
  code: 'no_match',
  message: 'No capture matches.',
};
