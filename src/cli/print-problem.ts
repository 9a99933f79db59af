import type { Host } from '../host.js';
import { wrapped } from '../output/columns.js';
import { jsonLine } from '../output/json-line.js';
import { problemText } from '../output/problem-text.js';
import { visibleBlock } from '../output/safe.js';
import { styleFor } from '../output/style.js';
import type { Problem } from '../problems/problem.js';
import { onSameStore } from './same-store.js';

/** Prints a problem to stderr: three lines of text, or a JSON line under `--json`. */
export async function printProblem(
  found: Problem,
  argv: readonly string[],
  host: Host,
): Promise<void> {
  // The options may be what failed to parse, so check the raw words.
  const typed = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  const hint = onSameStore(found.hint, typed);
  if (typed.includes('--json')) {
    const { code, message, exit } = found;
    host.stderr.write(jsonLine({ type: 'problem', code, message, hint, exit }));
  } else {
    const style = await styleFor(host, host.stderr, { color: !typed.includes('--no-color') });
    host.stderr.write(
      wrapped(
        problemText(
          { message: found.message, hint, code: found.code, excerpt: found.excerpt },
          style,
        ),
        host.stderr,
      ),
    );
  }
  const verbose = typed.some((word) => word === '--verbose' || word === '-v');
  if (found.code === 'bug' && (verbose || host.env.NETCORE_HOOK_DEBUG)) {
    const stack = found.cause instanceof Error ? found.cause.stack : found.stack;
    host.stderr.write(`${visibleBlock(stack ?? '')}\n`);
  }
}
