import { Writable } from 'node:stream';
import { problem } from '../problems/problem.js';
import type { CommandContext } from './command.js';

/** Whether prompting is possible: stdin and stderr are terminals, and `--json` is off. */
export function canAsk({ host, global }: CommandContext): boolean {
  return host.stdin.isTTY === true && host.stderr.isTTY === true && !global.json;
}

export async function askPassword(message: string, context: CommandContext): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return answered(() => password({ message, mask: true }, promptStreams(context)));
}

/** Asks for a line of text. `check` returns the fault of an invalid one. */
export async function askText(
  question: {
    readonly message: string;
    readonly suggested?: string;
    readonly check?: (text: string) => string | undefined;
  },
  context: CommandContext,
): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  const { message, suggested, check } = question;
  return answered(() =>
    input(
      {
        message,
        ...(suggested === undefined ? {} : { default: suggested }),
        validate: (text) => check?.(text) ?? true,
      },
      promptStreams(context),
    ),
  );
}

export async function askChoice<T extends string>(
  question: {
    readonly message: string;
    readonly choices: readonly { readonly value: T; readonly name: string }[];
    readonly suggested?: T | undefined;
  },
  context: CommandContext,
): Promise<T> {
  const { select } = await import('@inquirer/prompts');
  const { message, choices, suggested } = question;
  return answered(() =>
    select(
      {
        message,
        choices,
        pageSize: 12,
        ...(suggested === undefined ? {} : { default: suggested }),
      },
      promptStreams(context),
    ),
  );
}

/** Asks a question whose default answer is no. */
export async function askYes(message: string, context: CommandContext): Promise<boolean> {
  const { confirm } = await import('@inquirer/prompts');
  return answered(() => confirm({ message, default: false }, promptStreams(context)));
}

/** Ctrl-C in a prompt ends the command as an interruption. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw problem('interrupted', {}, error);
    }
    throw error;
  }
}

/** Prompts go to stderr. inquirer ends its output stream, so it gets a wrapper. */
function promptStreams({ host }: CommandContext): {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
} {
  const output = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      host.stderr.write(chunk);
      done();
    },
  });
  return {
    input: host.stdin,
    output: Object.assign(output, { isTTY: true, columns: host.stderr.columns }),
  };
}
