import { setImmediate as turn } from 'node:timers/promises';
import { plural } from '../../amounts.js';
import { type LinkedIds, linkIds } from '../../call/linked-ids.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { historyEraseOptions } from '../../cli/options/data.js';
import type { OptionValues } from '../../cli/options/option.js';
import { rejectArguments, showHint } from '../../cli/reject-arguments.js';
import { type Emit, reporter } from '../../cli/reporter.js';
import type { StopSignal } from '../../host.js';
import type { ErasedNotice, ErasurePlanNotice } from '../../output/notice.js';
import { createProgress, type Progress } from '../../output/progress.js';
import { exitCodes, interruptionCode } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import type { RedisErasure } from '../../queue/redis/redis-eraser.js';
import {
  addCounts,
  type Eraser,
  type ErasureCount,
  nothingErased,
  openEraser,
  type StoredCall,
} from '../../store/eraser.js';
import { storeFiles } from '../../store/folder.js';
import { journal } from '../../store/journal.js';
import { type GivenContacts, readIdentifiers } from './read-identifiers.js';
import { unreachedBy } from './unreached.js';
import { createHistoryView, type HistoryNotice } from './view.js';

/** Removes everything about contacts from the store and the queue, after confirmation. */
export async function runErase(
  { words, options }: CommandInput<OptionValues<typeof historyEraseOptions>>,
  context: CommandContext,
): Promise<number> {
  rejectArguments('history erase', words, showHint);
  const { who, whole, dryRun, yes, queue } = options;
  if (who.length === 0) {
    throw problem('usage', {
      message: 'history erase requires the contacts to erase.',
      hint: 'Try: netcore-hook history erase --who asha@example.com --dry-run',
    });
  }
  const given = await readIdentifiers(who, context);
  const emit = reporter<HistoryNotice>(context, await createHistoryView(context));
  const files = storeFiles(context.host, context.global);
  const eraser = openEraser(files);
  const progress = await createProgress(context);
  let stoppedBy: StopSignal | undefined;
  const forget = context.host.onStopSignal((signal) => {
    stoppedBy = signal;
  });
  const stop = () => {
    if (stoppedBy !== undefined) throw new Interrupted();
  };
  const erasure = new Erasing({
    given,
    eraser,
    whole,
    redis: queue?.href,
    context,
    progress,
    stop,
  });
  try {
    const plan = await erasure.plan();
    progress.end();
    if (dryRun) {
      emit(plan);
      return exitCodes.done.code;
    }
    const events = plan.events + (plan.redis?.events ?? 0);
    if (!yes && !(await mayErase(plan, events, emit, context))) {
      emit({ type: 'warning', code: 'not_erased', message: 'Nothing was erased.' });
      return exitCodes.no.code;
    }
    const receipt = await erasure.erase();
    progress.end();
    journal(files, context.host, { kind: 'erased', events: receipt.events });
    emit(receipt);
    return receipt.complete ? exitCodes.done.code : exitCodes.no.code;
  } catch (error) {
    if (!(error instanceof Interrupted) || stoppedBy === undefined) throw error;
    progress.end();
    if (erasure.hasBegun) {
      const message =
        'The erasure is incomplete: some events remain, and the files may still hold the others. Repeat the command.';
      emit({ type: 'warning', code: 'erasure_incomplete', message });
    }
    return interruptionCode(stoppedBy);
  } finally {
    progress.end();
    forget();
    eraser.close();
  }
}

async function mayErase(
  plan: ErasurePlanNotice,
  events: number,
  emit: Emit<HistoryNotice>,
  context: CommandContext,
): Promise<boolean> {
  const { canAsk, askYes } = await import('../../cli/prompts.js');
  if (!canAsk(context)) throw problem('erase_needs_yes', { events, json: context.global.json });
  emit(plan);
  return askYes(`Erase ${plural(events, 'event')} permanently?`, context);
}

class Interrupted extends Error {}

interface ErasingOptions {
  readonly given: GivenContacts;
  readonly eraser: Eraser;
  readonly whole: boolean;
  /** The URL of the queue's server. */
  readonly redis: string | undefined;
  readonly context: CommandContext;
  readonly progress: Progress;
  /** Throws `Interrupted` after a stop signal. */
  readonly stop: () => void;
}

/** Captures that are erased in one transaction: limits how long other writers wait. */
const stepCaptures = 20;
const sliceMs = 50;

class Erasing {
  readonly #options: ErasingOptions;
  #ids: LinkedIds | undefined;
  /** Captures with events of the contacts, by the distance of their identifiers from the given ones. */
  #found: number[][] = [];
  #searchedUpTo = 0;
  #unsearchable = 0;
  hasBegun = false;

  constructor(options: ErasingOptions) {
    this.#options = options;
  }

  /** Finds the identifiers of the contacts, and the captures that name them. */
  async plan(): Promise<ErasurePlanNotice> {
    const { given, eraser } = this.#options;
    const range = { first: 0, last: eraser.newestSeq() };
    const ids = await linkIds(given.ids, () => this.#paced(eraser.calls(range), 'searched'));
    this.#ids = ids;
    const { count, found } = await this.#search(range, ids);
    this.#found = found;
    this.#unsearchable = count.unsearchable;
    this.#searchedUpTo = range.last;
    return {
      type: 'erasure_plan',
      contacts: given.contacts,
      linked: ids.linked,
      shared: ids.shared,
      ...count,
      redis: await this.#eraseOnRedis(true),
    };
  }

  async erase(): Promise<ErasedNotice> {
    const { given, eraser, context, whole } = this.#options;
    const ids = this.#ids ?? (await linkIds(given.ids, async function* () {}));
    this.hasBegun = true;
    // Whatever is interrupted, the given identifiers must still lead to the others: see `LinkedIds`.
    const onRedis = await this.#eraseOnRedis(false);
    const answers = eraser.eraseAnswers(ids.contacts);
    let count = await this.#eraseFound(this.#found, ids);
    let unsearchable = this.#unsearchable;
    // Calls that arrived in the meantime.
    for (
      let newest = eraser.newestSeq();
      newest > this.#searchedUpTo;
      newest = eraser.newestSeq()
    ) {
      const range = { first: this.#searchedUpTo + 1, last: newest };
      const { count: more, found } = await this.#search(range, ids);
      unsearchable += more.unsearchable;
      count = addCounts(count, await this.#eraseFound(found, ids));
      this.#searchedUpTo = newest;
      if (more.events === 0) break;
    }
    // A call may have been handed over while it was in the store.
    const redis = addRedis(onRedis, await this.#eraseOnRedis(false));
    this.#options.progress.update('Rewriting the files of the store');
    await turn();
    eraser.rewrite();
    count = { ...count, unsearchable };
    const queue = this.#options.redis;
    const { unreached, complete } = unreachedBy({ eraser, redis, queue, count });
    return {
      type: 'erased',
      time: new Date(context.host.now()).toISOString(),
      whole,
      contacts: given.contacts,
      linked: ids.linked.length,
      shared: ids.shared,
      ...count,
      answers,
      redis,
      complete,
      unreached,
    };
  }

  /** What erasing from these captures would do. */
  async #search(
    range: { readonly first: number; readonly last: number },
    ids: LinkedIds,
  ): Promise<{ count: ErasureCount; found: number[][] }> {
    const { eraser } = this.#options;
    const found: number[][] = ids.steps.map(() => []);
    let count = nothingErased;
    for await (const call of this.#paced(eraser.calls(range), 'searched')) {
      const { distance, ...one } = eraser.look(call, ids.steps, this.#erasure(ids));
      count = addCounts(count, one);
      if (distance !== undefined) found[distance]?.push(call.seq);
    }
    return { count, found };
  }

  /** The most distant ones first. */
  async #eraseFound(found: readonly number[][], ids: LinkedIds): Promise<ErasureCount> {
    const { eraser, progress, stop } = this.#options;
    const erasure = this.#erasure(ids);
    let count = nothingErased;
    for (const seqs of [...found].reverse()) {
      for (let at = 0; at < seqs.length; at += stepCaptures) {
        count = addCounts(count, eraser.erase(seqs.slice(at, at + stepCaptures), erasure));
        progress.update(`${plural(count.captures + count.removed, 'capture')} erased`);
        await turn();
        stop();
      }
    }
    return count;
  }

  #erasure({ contacts }: LinkedIds) {
    const { whole, context } = this.#options;
    return { contacts, whole, now: context.host.now() };
  }

  async #eraseOnRedis(dryRun: boolean): Promise<RedisErasure | null> {
    const { redis, whole } = this.#options;
    const contacts = this.#ids?.contacts;
    if (redis === undefined || !contacts) return null;
    const { eraseOnRedis } = await import('../../queue/redis/redis-eraser.js');
    return eraseOnRedis(redis, { contacts, whole, dryRun });
  }

  /** Lets signals arrive while many captures are read. */
  async *#paced(calls: Iterable<StoredCall>, what: string): AsyncGenerator<StoredCall> {
    const { progress, stop } = this.#options;
    let read = 0;
    let end = performance.now() + sliceMs;
    for (const call of calls) {
      yield call;
      read += 1;
      if (performance.now() < end) continue;
      progress.update(`${plural(read, 'capture')} ${what}`);
      await turn();
      stop();
      end = performance.now() + sliceMs;
    }
  }
}

/** Calls of both passes. Those that a worker held may have been free later. */
function addRedis(first: RedisErasure | null, second: RedisErasure | null): RedisErasure | null {
  if (!first || !second) return first ?? second;
  return {
    calls: first.calls + second.calls,
    events: first.events + second.events,
    inFlight: second.inFlight,
    unsearchable: second.unsearchable,
  };
}
