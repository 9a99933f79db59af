import { commandBody } from '../../cli/command.js';
import {
  queueCountsOptions,
  queueDropOptions,
  queueListOptions,
  queueMoveOptions,
  queuePauseOptions,
  queueRetryOptions,
  queueWorkOptions,
} from '../../cli/options/queueing.js';

const ids = {
  name: '[id...]',
  description: 'an id or a prefix of one, last, last~2',
  completion: 'captures',
} as const;

export const queueCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queueCountsOptions,
  examples: [
    { line: 'netcore-hook queue', description: 'count waiting, delivered and dead calls' },
    { line: 'netcore-hook queue list --dead', description: 'list dead calls and the reason' },
    { line: 'netcore-hook queue retry --dead', description: 'retry dead calls' },
    {
      line: 'netcore-hook queue drop --dead --until 7d --yes',
      description: 'drop calls that died more than a week ago',
    },
    {
      line: 'netcore-hook queue work -f :3000/hook --queue redis://127.0.0.1',
      description: 'add a worker on any machine',
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
    { line: 'netcore-hook queue list', description: 'list the newest 20' },
    { line: 'netcore-hook queue list --dead', description: 'list dead calls and the reason' },
  ],
  run: async (input, context) => (await import('./run.js')).runList(input, context),
});

export const retryCommand = commandBody({
  usesStore: true,
  arguments: [ids],
  options: queueRetryOptions,
  examples: [
    { line: 'netcore-hook queue retry --dead', description: 'retry dead calls' },
    { line: 'netcore-hook queue retry last', description: 'forward the newest capture again' },
    {
      line: 'netcore-hook queue retry --target :3000/old --to :3000/new',
      description: 'move waiting calls to another URL',
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
      description: 'drop calls that died more than a week ago',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runDrop(input, context),
});

export const pauseCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queuePauseOptions,
  examples: [
    { line: 'netcore-hook queue pause', description: 'hold back all calls' },
    {
      line: 'netcore-hook queue pause --target :3000/hook',
      description: 'hold back those for one handler',
    },
  ],
  run: async (input, context) => (await import('./pause.js')).runPause('pause', input, context),
});

export const resumeCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queuePauseOptions,
  examples: [{ line: 'netcore-hook queue resume', description: 'send the calls that wait' }],
  run: async (input, context) => (await import('./pause.js')).runPause('resume', input, context),
});

export const moveCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queueMoveOptions,
  examples: [
    {
      line: 'netcore-hook queue move --queue redis://127.0.0.1',
      description: 'move the calls that wait in the store to Redis',
    },
    {
      line: 'netcore-hook queue move --back --queue redis://127.0.0.1',
      description: "return this store's calls from Redis",
    },
  ],
  run: async (input, context) => (await import('./move.js')).runMove(input, context),
});

export const workCommand = commandBody({
  usesStore: true,
  anyWords: true,
  options: queueWorkOptions,
  examples: [
    {
      line: 'netcore-hook queue work -f :3000/hook',
      description: 'work the queue of this store',
    },
    {
      line: 'netcore-hook queue work -f :3000/hook --queue redis://127.0.0.1',
      description: 'add a worker on any machine',
    },
  ],
  run: async (input, context) => {
    const { runQueueWork } = await import('./work.js');
    return runQueueWork(input, context);
  },
});
