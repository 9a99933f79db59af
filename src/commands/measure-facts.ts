import { setImmediate as turn } from 'node:timers/promises';
import { plural } from '../amounts.js';
import type { CaptureQuery } from '../call/capture-query.js';
import type { CommandContext } from '../cli/command.js';
import type { StopSignal } from '../host.js';
import { createProgress } from '../output/progress.js';
import { storeFilesIfAny } from '../store/folder.js';
import type { History } from '../store/history.js';
import { openTemporaryDatabase } from '../store/temporary-database.js';
import { FactsCounter, type PanelFacts } from './panel-facts.js';

const sliceMs = 50;

/** Measures the matching captures. Resolves to the signal that stopped it, if any. */
export async function measureFacts(
  history: History,
  query: CaptureQuery,
  context: CommandContext,
): Promise<PanelFacts | StopSignal> {
  const { host } = context;
  const progress = await createProgress(context);
  const database = openTemporaryDatabase(storeFilesIfAny(host, context.global), host);
  let stoppedBy: StopSignal | undefined;
  const forget = host.onStopSignal((signal) => {
    stoppedBy = signal;
  });
  try {
    const counter = new FactsCounter(database, query);
    let captures = 0;
    let end = performance.now() + sliceMs;
    for (const capture of history.captures(query, 'oldest first')) {
      counter.add(capture);
      captures += 1;
      if (performance.now() < end) continue;
      progress.update(`${plural(captures, 'capture')} read`);
      await turn();
      if (stoppedBy !== undefined) return stoppedBy;
      end = performance.now() + sliceMs;
    }
    return counter.result();
  } finally {
    progress.end();
    forget();
    database.close();
  }
}
