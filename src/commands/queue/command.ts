import { commandBody } from '../../cli/command.js';
import {
  queueCountsOptions,
  queueDropOptions,
  queueListOptions,
  queueRetryOptions,
  queueWorkOptions,
} from '../../cli/options/queueing.js';

const ids = {
  name: '[id...]',
  says: 'an id or the beginning of one, last, last~2',
  completed: 'captures',
} as const;

/** `queue` without a verb counts. */
export const queueCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queueCountsOptions,
  examples: [
    { line: 'netcore-hook queue', says: 'how many calls wait, are done, were given up' },
    { line: 'netcore-hook queue list --dead', says: 'those given up, and why' },
    { line: 'netcore-hook queue retry --dead', says: 'try them again' },
    {
      line: 'netcore-hook queue drop --dead --until 7d --yes',
      says: 'forget those given up long ago; their captures stay',
    },
    {
      line: 'netcore-hook queue work -f :3000/hook --queue redis://127.0.0.1',
      says: 'one more worker, on any machine',
    },
  ],
  run: async (input, context, commands) =>
    (await import('./run.js')).runCounts(input, context, commands),
});

export const listCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queueListOptions,
  examples: [
    { line: 'netcore-hook queue list', says: 'the newest twenty' },
    { line: 'netcore-hook queue list --dead', says: 'those given up, and why' },
  ],
  run: async (input, context) => (await import('./run.js')).runList(input, context),
});

export const retryCommand = commandBody({
  usesStore: true,
  arguments: [ids],
  options: queueRetryOptions,
  examples: [
    { line: 'netcore-hook queue retry --dead', says: 'those given up' },
    { line: 'netcore-hook queue retry last', says: 'forward the newest capture again' },
    {
      line: 'netcore-hook queue retry --target :3000/old --to :3000/new',
      says: 'what waits for one URL goes to another',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runRetry(input, context),
});

export const dropCommand = commandBody({
  usesStore: true,
  arguments: [ids],
  options: queueDropOptions,
  examples: [
    {
      line: 'netcore-hook queue drop --dead --until 7d --yes',
      says: 'forget those given up long ago; their captures stay',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runDrop(input, context),
});

export const workCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queueWorkOptions,
  examples: [
    {
      line: 'netcore-hook queue work -f :3000/hook',
      says: 'for the store of this machine',
    },
    {
      line: 'netcore-hook queue work -f :3000/hook --queue redis://127.0.0.1',
      says: 'one more worker, on any machine',
    },
  ],
  run: async (input, context) => {
    const { runQueueWork } = await import('./work.js');
    return runQueueWork(input, context);
  },
});
