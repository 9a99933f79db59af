import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery } from '../../cli/capture-filter.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { historyListOptions } from '../../cli/options/reading.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { roomToWrite } from '../../output/room-to-write.js';
import { canLookUp } from '../../payload/lookup-tokens.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { reachNotice } from '../reach.js';
import { followCaptures } from './follow.js';
import { listedNotice } from './listed-notice.js';
import { noneMatches, type OpenedHistory, withHistory } from './open.js';

/**
 * After a search for a contact, message or key that took longer, the command also describes captures
 * for the next one: for as long again, but only this long.
 */
const slowMs = 200;
const maxDescribeMs = 2000;

/** Lists captures, newest first, or follows new ones. */
export async function runList(
  { words, options }: CommandInput<OptionValues<typeof historyListOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history list', words, showHint);
  const { follow, outcome, limit } = options;
  if (follow && outcome.length > 0) {
    throw problem('usage', {
      message: '--follow shows captures as they arrive, before they have an outcome.',
      hint: 'Remove --follow or --outcome; listen shows how a handler responds.',
    });
  }
  const query = captureQuery(options, context.host.now());
  return withHistory(context, async (opened) => {
    if (follow) {
      nameZone(context, opened);
      await followCaptures({ query, limit }, opened.history, context, opened.emit);
    } else await list(query, limit, context, opened);
    return exitCodes.done.code;
  });
}

/** Lists on a terminal have local times. */
function nameZone({ host, global }: CommandContext, { emit }: Pick<OpenedHistory, 'emit'>): void {
  if (host.stdout.isTTY && !global.json) emit({ type: 'times' });
}

async function list(
  query: CaptureQuery,
  limit: number,
  context: CommandContext,
  { history, emit }: OpenedHistory,
): Promise<void> {
  const { host, global } = context;
  const hasRoom = roomToWrite(host.stdout);
  const begun = host.monotonic();
  let left = limit;
  for (const capture of history.captures(query, 'newest first')) {
    emit(listedNotice(capture, context));
    left -= 1;
    if (left === 0) break;
    if (!(await hasRoom())) break;
  }
  if (left === limit) emit(noneMatches);
  else nameZone(context, { emit });
  // A list on a terminal also shows how far back the history reaches.
  const reach = reachNotice(history.retention(host.now()).reach);
  if (reach && !global.json && host.stdout.isTTY) emit({ type: 'reach', ...reach });
  const tookMs = host.monotonic() - begun;
  if (tookMs >= slowMs && canLookUp(query.events)) {
    const forMs = Math.min(tookMs, maxDescribeMs);
    await describeCaptures(context, forMs);
  }
}

/** Loaded only when it is needed, because most lists are quick. */
async function describeCaptures({ host, global }: CommandContext, forMs: number): Promise<void> {
  const { describeSome } = await import('../../store/lookup-builder.js');
  const name = Buffer.from(host.randomBytes(8)).toString('hex');
  describeSome(storeFiles(host, global), { name, monotonic: () => host.monotonic(), forMs });
}
