import type { CommandContext } from '../../cli/command.js';
import type { PrintForm } from '../../cli/options/calling.js';
import { type CallTarget, readCallTarget } from '../../sending/call-target.js';
import { defaultTarget } from '../../sending/default-target.js';
import type { Content } from '../../sending/plan-calls.js';
import { readContent } from './content.js';
import type { SendInput } from './input.js';

export interface SendOptions extends CallTarget {
  readonly content: Content;
  /** Total number of calls; undefined: each source once. */
  readonly count: number | undefined;
  /** Calls per second; undefined: as fast as answers arrive. */
  readonly rate: number | undefined;
  readonly concurrency: number;
  readonly print: PrintForm | undefined;
  readonly yes: boolean;
}

/** Resolves the options; calls `warn` for risky ones. */
export async function readSendOptions(
  input: SendInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<SendOptions> {
  const { options: values } = input;
  const { count, rate, concurrency, print, yes } = values;
  const content = await readContent(input, context, warn);
  const isPrinted = print !== undefined;
  const fallback = () => defaultTarget(context);
  const target = await readCallTarget(input, fallback, { context, isPrinted, warn });
  return { ...target, content, count, rate, concurrency, print, yes };
}
