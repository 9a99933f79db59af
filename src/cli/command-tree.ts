import type { Command } from 'commander';
import type { CommandBody, CommandDefinition } from './command.js';

/** A command of the tree: `netcore-hook history list` is a verb of `history`. */
export interface CommandNode {
  /** Its words: `history list`. */
  readonly path: string;
  readonly command: Command;
  /**
   * The commander command with the options and arguments: a hidden verb for a command with verbs.
   */
  readonly taking: Command;
  readonly definition: CommandDefinition;
  readonly body: CommandBody;
  readonly verbs: readonly CommandNode[];
}

export interface CommandTree {
  readonly program: Command;
  readonly nodes: readonly CommandNode[];
}
