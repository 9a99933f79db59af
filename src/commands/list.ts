import type { CommandDefinition } from '../cli/command.js';

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  {
    name: 'listen',
    summary: 'receive calls, record each durably, answer 200, show what came',
    load: async () => (await import('./listen/command.js')).listenCommand,
  },
  {
    name: 'send',
    summary: 'send sample events, or your own, to any URL',
    load: async () => (await import('./send/command.js')).sendCommand,
  },
  {
    name: 'replay',
    summary: 'send captures again, byte for byte',
    load: async () => (await import('./replay/command.js')).replayCommand,
  },
  {
    name: 'history',
    summary: 'list, show, export, import, count and prune captures',
    alone: 'Without a verb it lists captures; with an id it shows that one.',
    load: async () => (await import('./history/command.js')).historyCommand,
    verbs: [
      {
        name: 'list',
        summary: 'list captures, the newest first',
        load: async () => (await import('./history/command.js')).listCommand,
      },
      {
        name: 'show',
        summary: 'show a capture, or an event of it, whole',
        load: async () => (await import('./history/command.js')).showCommand,
      },
      {
        name: 'export',
        summary: 'write captures to be imported or replayed elsewhere',
        load: async () => (await import('./history/command.js')).exportCommand,
      },
      {
        name: 'import',
        summary: 'take in what export wrote',
        load: async () => (await import('./history/command.js')).importCommand,
      },
      {
        name: 'stats',
        summary: 'count captures and their events',
        load: async () => (await import('./history/command.js')).statsCommand,
      },
      {
        name: 'prune',
        summary: 'remove captures for good',
        load: async () => (await import('./history/command.js')).pruneCommand,
      },
    ],
  },
  {
    name: 'decode',
    summary: 'turn a paste into JSON, and say what was done to it',
    load: async () => (await import('./decode/command.js')).decodeCommand,
  },
  {
    name: 'encode',
    summary: 'the inverse of decode: JSON into a form body or a curl command',
    load: async () => (await import('./encode/command.js')).encodeCommand,
  },
  {
    name: 'samples',
    summary: 'list and print the sample events',
    load: async () => (await import('./samples/command.js')).samplesCommand,
  },
  {
    name: 'test-endpoint',
    summary: 'prove that an endpoint is ready for Netcore',
    load: async () => (await import('./test-endpoint/command.js')).testEndpointCommand,
  },
  {
    name: 'inspect',
    summary: 'look at captures on a local web page',
    load: async () => (await import('./inspect/command.js')).inspectCommand,
  },
  {
    name: 'queue',
    summary: 'look at, repair and work the queue of calls to be forwarded',
    alone: 'Without a verb it counts them.',
    load: async () => (await import('./queue/command.js')).queueCommand,
    verbs: [
      {
        name: 'list',
        summary: 'list queued calls, the newest first',
        load: async () => (await import('./queue/command.js')).listCommand,
      },
      {
        name: 'retry',
        summary: 'forward calls again, now',
        load: async () => (await import('./queue/command.js')).retryCommand,
      },
      {
        name: 'drop',
        summary: 'take calls out of the queue; their captures stay',
        load: async () => (await import('./queue/command.js')).dropCommand,
      },
      {
        name: 'work',
        summary: 'forward what is queued, until it is stopped',
        load: async () => (await import('./queue/command.js')).workCommand,
      },
    ],
  },
  {
    name: 'status',
    summary: 'tell whether all is well: listeners, workers, queue, store',
    load: async () => (await import('./status/command.js')).statusCommand,
  },
  {
    name: 'config',
    summary: 'show where each setting comes from',
    load: async () => (await import('./config/command.js')).configCommand,
  },
  {
    name: 'completion',
    summary: 'let a shell complete commands, options and values',
    load: async () => (await import('./completion/command.js')).completionCommand,
  },
];
