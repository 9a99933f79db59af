import type { CaptureQuery } from '../../call/capture-query.js';
import type { DeliveryState } from '../../call/delivery.js';
import { captureQuery, givenFilter } from '../../cli/capture-filter.js';
import type { CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { queueRetryOptions } from '../../cli/options/queueing.js';
import { problem } from '../../problems/problem.js';
import type { StoreFiles } from '../../store/folder.js';
import { findTarget } from './find-target.js';

/** The selected calls. All conditions must hold. */
export interface CallSelection {
  /** Ids of captures; empty matches any. */
  readonly references: readonly string[];
  /** Empty matches any. */
  readonly states: readonly DeliveryState[];
  /** Also captures that were never queued. */
  readonly unqueued: boolean;
  readonly target: string | undefined;
  /** undefined matches any. */
  readonly query: CaptureQuery | undefined;
}

export type SelectionInput = CommandInput<
  Omit<OptionValues<typeof queueRetryOptions>, 'to' | 'ids' | 'any' | 'dryRun' | 'yes'> & {
    readonly queue: URL | undefined;
  }
>;

/** `now` is the reference for durations. Throws for filters that the queue cannot answer. */
export function readCallSelection(
  input: SelectionInput,
  references: readonly string[],
  now: number,
  files: StoreFiles,
): CallSelection {
  const { state, dead, delayed, target, queue } = input.options;
  const filter = givenFilter(input);
  if (queue && filter !== undefined) {
    // Only the store that recorded a capture can filter it.
    throw problem('usage', {
      message: `${filter} filters the captures of a store, and the queue on Redis (${input.from('queue').name}) has none.`,
      hint: 'Select by --state, --target or ids, or use the queue in a store.',
    });
  }
  const states = [
    ...state,
    ...(dead ? (['dead'] as const) : []),
    ...(delayed ? (['delayed'] as const) : []),
  ];
  return {
    references,
    states: [...new Set(states)],
    unqueued: false,
    target: findTarget(target, files),
    query: filter === undefined ? undefined : captureQuery(input.options, now),
  };
}

/** Changing calls requires an explicit selection by ids or filters. */
export function readCallsToChange(
  verb: 'retry' | 'drop',
  input: SelectionInput,
  now: number,
  files: StoreFiles,
  references = input.words,
): CallSelection {
  const chosenBy = (['state', 'dead', 'delayed', 'target'] as const)
    // A handler may lack the call of a named capture.
    .filter((attribute) => attribute !== 'target' || verb === 'drop' || references.length === 0)
    .filter((attribute) => input.from(attribute).kind === 'flag')
    .map((attribute) => input.from(attribute).name);
  const chosen = chosenBy[0] ?? givenFilter(input);
  if (chosen === undefined && references.length === 0) {
    throw problem('usage', {
      message: `queue ${verb} requires a selection of calls.`,
      hint: `Try: netcore-hook queue ${verb} --dead, or with --target <handler>, or with ids`,
    });
  }
  if (chosen !== undefined && references.length > 0) {
    throw problem('usage', {
      message: `queue ${verb} takes ids or filters, not both (${chosen}).`,
      hint: 'Remove one of them.',
    });
  }
  const calls = readCallSelection(input, references, now, files);
  if (calls.states.includes('active')) {
    throw problem('usage', {
      message: `queue ${verb} cannot change active calls: a worker is sending them.`,
      hint: 'Remove --state active; a call is active only while the handler has it.',
    });
  }
  if (calls.states.includes('handed over')) {
    throw problem('usage', {
      message: `queue ${verb} cannot change calls that were handed over to another queue.`,
      hint: `Try: netcore-hook queue ${verb} --dead --queue <the URL that netcore-hook queue shows>`,
    });
  }
  if (references.length > 0 || calls.states.length > 0) return calls;
  // An outcome is as explicit as a state.
  const states = input.options.outcome.length === 0 ? waitingStates : changeableStates;
  return { ...calls, states };
}

const waitingStates = ['waiting', 'delayed'] as const;
export const changeableStates = [...waitingStates, 'delivered', 'dead', 'skipped'] as const;
