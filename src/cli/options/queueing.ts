import { deliveryStates } from '../../call/delivery.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { alerts, metricsPort } from './alerting.js';
import { to, yes } from './calling.js';
import { captureFilter } from './choosing.js';
import { forwarding, queue } from './forwarding.js';
import { handlerReference, list, onOff, readBy, words } from './kinds.js';
import type { OptionGroups, OptionRow } from './option.js';
import { limit } from './reading.js';

const stateNames = deliveryStates.map(asTyped);

/** Accepts `failed`, the name that history uses for delayed calls. */
const state = readBy('dead', (name, typed) => {
  const word = typed.toLowerCase().replace(/[-_]/g, ' ');
  const known = deliveryStates.find((each) => each === (word === 'failed' ? 'delayed' : word));
  if (known) return known;
  const suggestion = nearest(word, [...deliveryStates, 'failed']);
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: 'the state is unknown',
    hint: suggestion
      ? `Did you mean "${asTyped(suggestion)}"?`
      : `States: ${stateNames.join(', ')}.`,
  });
});

function asTyped(name: string): string {
  return name.replace(' ', '-');
}

/** Filters for queued calls. */
const chosenCalls = {
  state: {
    flags: '--state <names>',
    kind: list(state),
    description: `only calls in these states: ${stateNames.join(', ')}`,
    completion: stateNames,
  },
  dead: { flags: '--dead', kind: onOff, description: 'same as --state dead' },
  delayed: { flags: '--delayed', kind: onOff, description: 'same as --state delayed' },
  target: {
    flags: '--target <handler>',
    kind: handlerReference,
    description: 'only calls for this handler: its URL or its name',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

const which = 'Calls:';
const choosing = { ...chosenCalls, ...captureFilter };

export const queueCountsOptions = { 'Options:': { queue } } as const satisfies OptionGroups;

export const queueListOptions = {
  'Options:': { queue, limit },
  [which]: choosing,
} as const satisfies OptionGroups;

const changed = {
  ...choosing,
  state: { ...chosenCalls.state, defaultNote: 'waiting and delayed calls' },
};

export const queueRetryOptions = {
  'Options:': {
    queue,
    to: { flags: '--to <url>', kind: to.kind, description: 'move the calls to this URL' },
    ids: {
      flags: '--ids <file>',
      kind: words('ids.txt'),
      description: 'the captures with these ids, one a line; - reads stdin',
      completion: 'files',
    },
    any: {
      flags: '--any',
      kind: onOff,
      description: 'also delivered calls, and captures that were never queued',
    },
    dryRun: { flags: '--dry-run', kind: onOff, description: 'only count the calls' },
    yes: { ...yes, description: 'send delivered calls again without confirmation' },
  },
  [which]: changed,
} as const satisfies OptionGroups;

export const queueDropOptions = {
  'Options:': { queue, yes: { ...yes, description: 'drop without confirmation' } },
  [which]: changed,
} as const satisfies OptionGroups;

export const queuePauseOptions = {
  'Options:': {
    queue,
    target: {
      ...chosenCalls.target,
      description: 'only this handler: its URL or its name',
      defaultNote: 'all targets',
    },
  },
} as const satisfies OptionGroups;

export const queueMoveOptions = {
  'Options:': {
    queue: { ...queue, description: 'move the calls to this Redis' },
    back: { flags: '--back', kind: onOff, description: 'from this Redis to the store' },
    target: chosenCalls.target,
    dryRun: { flags: '--dry-run', kind: onOff, description: 'only count the calls' },
  },
} as const satisfies OptionGroups;

export const queueWorkOptions = {
  'Forwarding:': { ...forwarding, queue },
  'Alerts and metrics:': { ...alerts, metricsPort },
} as const satisfies OptionGroups;
