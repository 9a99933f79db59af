import type { CommandContext } from './command.js';

/** Asks for a password without showing it. Ctrl-C ends the command as an interruption. */
export async function askPassword(message: string, context: CommandContext): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return password({ message, mask: true }, promptStreams(context));
}

/** Prompts are no output: they go to stderr. */
export function promptStreams(context: CommandContext): {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
} {
  return { input: context.host.stdin, output: context.host.stderr };
}
