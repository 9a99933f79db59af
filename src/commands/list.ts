import type { CommandDefinition } from '../cli/command.js';

/** Every command, in the order of the help. */
export const commands: readonly CommandDefinition[] = [];
