import type { Command } from 'commander';

/** commander's own reading of the flags below. */
export interface TypedRedaction {
  readonly redact?: boolean;
  readonly redactKey?: string;
}

/** `--redact` of the commands that print what calls hold; `where` names those that take it. */
export function addRedactOptions(command: Command, where = ''): Command {
  return command
    .option('--redact', `${where}replace what names a person by stand-ins of the same shape`)
    .option(
      '--redact-key <key>',
      `${where}what stand-ins are made with, a text or @file (default: the store's own key)`,
    );
}
