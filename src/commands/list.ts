import type { CommandDefinition } from '../cli/command.js';
import { completionCommand } from './completion/command.js';
import { configCommand } from './config/command.js';
import { decodeCommand } from './decode/command.js';
import { encodeCommand } from './encode/command.js';
import { historyCommand } from './history/command.js';
import { inspectCommand } from './inspect/command.js';
import { listenCommand } from './listen/command.js';
import { queueCommand } from './queue/command.js';
import { replayCommand } from './replay/command.js';
import { samplesCommand } from './samples/command.js';
import { sendCommand } from './send/command.js';
import { statusCommand } from './status/command.js';
import { testEndpointCommand } from './test-endpoint/command.js';

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [
  listenCommand,
  sendCommand,
  replayCommand,
  historyCommand,
  decodeCommand,
  encodeCommand,
  samplesCommand,
  testEndpointCommand,
  inspectCommand,
  queueCommand,
  statusCommand,
  configCommand,
  completionCommand,
];
