import { printProblem } from './cli/print-problem.js';
import { parseCommandLine } from './cli/program.js';
import { commands } from './commands/list.js';
import { type Host, processHost } from './host.js';
import { exitCodes } from './problems/exit-codes.js';
import { problem } from './problems/problem.js';
import { asProblem } from './problems/translate.js';

/** Runs one command line and resolves to its exit code. The only place that catches every error. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const end = async (error: unknown): Promise<number> => {
    const found = asProblem(error);
    await printProblem(found, argv, host);
    return found.exit;
  };
  let exit: number;
  try {
    const parsed = await parseCommandLine(argv, commands, host);
    exit = parsed.kind === 'run' ? await parsed.run() : exitCodes.done.code;
  } catch (error) {
    exit = await end(error);
  }
  const failure = await host.outputFailure();
  return failure ? end(problem('output_failed', { reason: failure.message }, failure)) : exit;
}

/** The entry point of `bin/netcore-hook.js`. Sets the exit code and lets pending output drain. */
export async function runProcess(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processHost());
}
