import type { CommandDefinition } from '../cli/command.js';

/** Also a verb of `history`. */
const reconcile: CommandDefinition = {
  name: 'reconcile',
  summary: 'find events that a report, your table or the store lacks',
  load: async () => (await import('./history/command.js')).reconcileCommand,
};

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  {
    name: 'listen',
    summary: 'run a local endpoint that stores and shows incoming calls',
    load: async () => (await import('./listen/command.js')).listenCommand,
  },
  {
    name: 'send',
    summary: 'send sample events, or your own payload, to any URL',
    load: async () => (await import('./send/command.js')).sendCommand,
  },
  {
    name: 'simulate',
    summary: 'send the events of a whole journey or broadcast',
    load: async () => (await import('./simulate/command.js')).simulateCommand,
  },
  {
    name: 'replay',
    summary: 'send captures again, byte for byte',
    load: async () => (await import('./replay/command.js')).replayCommand,
  },
  {
    name: 'history',
    summary: 'list, show, export, count, prune and erase captures',
    alone: 'Without a verb, it lists captures; with an id, it shows that capture.',
    load: async () => (await import('./history/command.js')).historyCommand,
    verbs: [
      {
        name: 'list',
        summary: 'list captures, newest first',
        load: async () => (await import('./history/command.js')).listCommand,
      },
      {
        name: 'show',
        summary: 'show a capture, or one event of it, in full',
        load: async () => (await import('./history/command.js')).showCommand,
      },
      {
        name: 'export',
        summary: 'write captures as JSON lines, or their events as CSV',
        load: async () => (await import('./history/command.js')).exportCommand,
      },
      {
        name: 'log',
        summary: 'list starts, stops, pauses, retries and removals, with their users',
        load: async () => (await import('./history/command.js')).logCommand,
      },
      {
        name: 'backup',
        summary: 'copy the whole store into one file, also while it is in use',
        load: async () => (await import('./history/command.js')).backupCommand,
      },
      {
        name: 'import',
        summary: 'import captures that export wrote',
        load: async () => (await import('./history/command.js')).importCommand,
      },
      {
        name: 'stats',
        summary: 'count captures and their events',
        load: async () => (await import('./history/command.js')).statsCommand,
      },
      reconcile,
      {
        name: 'prune',
        summary: 'remove captures permanently',
        load: async () => (await import('./history/command.js')).pruneCommand,
      },
      {
        name: 'fields',
        summary: 'list the fields of events, and how they change',
        load: async () => (await import('./history/command.js')).fieldsCommand,
      },
      {
        name: 'facts',
        summary: 'measure how the panel sends its calls',
        load: async () => (await import('./history/command.js')).factsCommand,
      },
      {
        name: 'diff',
        summary: 'compare two captures or events',
        load: async () => (await import('./history/command.js')).diffCommand,
      },
      {
        name: 'erase',
        summary: 'erase everything about a contact',
        load: async () => (await import('./history/command.js')).eraseCommand,
      },
    ],
  },
  reconcile,
  {
    name: 'decode',
    summary: 'decode a pasted body, curl command or log into JSON',
    load: async () => (await import('./decode/command.js')).decodeCommand,
  },
  {
    name: 'encode',
    summary: 'encode JSON as a form body or a curl command',
    load: async () => (await import('./encode/command.js')).encodeCommand,
  },
  {
    name: 'samples',
    summary: 'list and print the sample events',
    load: async () => (await import('./samples/command.js')).samplesCommand,
  },
  {
    name: 'test-endpoint',
    summary: 'test whether an endpoint is ready for Netcore',
    load: async () => (await import('./test-endpoint/command.js')).testEndpointCommand,
  },
  {
    name: 'init',
    summary: 'write a receiver for your framework that is ready for Netcore',
    load: async () => (await import('./init/command.js')).initCommand,
  },
  {
    name: 'inspect',
    summary: 'show captures on a local web page',
    load: async () => (await import('./inspect/command.js')).inspectCommand,
  },
  {
    name: 'queue',
    summary: 'inspect, repair and work the forwarding queue',
    alone: 'Without a verb, it counts the queued calls.',
    load: async () => (await import('./queue/command.js')).queueCommand,
    verbs: [
      {
        name: 'list',
        summary: 'list queued calls, newest first',
        load: async () => (await import('./queue/command.js')).listCommand,
      },
      {
        name: 'retry',
        summary: 'retry calls now',
        load: async () => (await import('./queue/command.js')).retryCommand,
      },
      {
        name: 'drop',
        summary: 'remove calls from the queue; their captures stay',
        load: async () => (await import('./queue/command.js')).dropCommand,
      },
      {
        name: 'pause',
        summary: 'hold back calls; they are recorded and wait',
        load: async () => (await import('./queue/command.js')).pauseCommand,
      },
      {
        name: 'resume',
        summary: 'send the calls that a pause held back',
        load: async () => (await import('./queue/command.js')).resumeCommand,
      },
      {
        name: 'move',
        summary: 'move waiting calls to Redis, or back to the store',
        load: async () => (await import('./queue/command.js')).moveCommand,
      },
      {
        name: 'work',
        summary: 'forward queued calls until stopped',
        load: async () => (await import('./queue/command.js')).workCommand,
      },
    ],
  },
  {
    name: 'status',
    summary: 'check listeners, workers, queue and store',
    load: async () => (await import('./status/command.js')).statusCommand,
  },
  {
    name: 'explain',
    summary: 'explain the code of a problem, warning or finding',
    load: async () => (await import('./explain/command.js')).explainCommand,
  },
  {
    name: 'config',
    summary: 'show each setting and its source',
    load: async () => (await import('./config/command.js')).configCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => (await import('./completion/command.js')).completionCommand,
  },
];
