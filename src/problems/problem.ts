import { catalogue, type ProblemArguments, type ProblemCode } from './catalogue.js';
import { exitCodes } from './exit-codes.js';

/** A failure that the user can act upon: what happened, why, and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** Permanent: scripts may depend on it. */
    readonly code: string,
    message: string,
    /** What to do, in one sentence. */
    readonly hint: string,
    /** The exit code of a process that ends with it. */
    readonly exit: number,
    options?: ErrorOptions,
    /** Lines that show the input with a pointer to the fault. Untrusted text. */
    readonly excerpt?: string,
  ) {
    super(message, options);
    // Jest and Node print the stack, which otherwise lacks the hint.
    this.stack = `${this.stack}`.replace(message, () => `${message} ${hint}`);
  }
}

/** Builds a problem of the catalogue; `cause` is the underlying foreign error, if any. */
export function problem<C extends ProblemCode>(
  code: C,
  args: ProblemArguments<C>,
  cause?: unknown,
): Problem {
  const entry = catalogue[code] as {
    exit: keyof typeof exitCodes;
    message(args: unknown): string;
    hint(args: unknown): string;
  };
  const { excerpt } = args as { readonly excerpt?: string };
  return new Problem(
    code,
    entry.message(args),
    entry.hint(args),
    exitCodes[entry.exit].code,
    { cause },
    excerpt,
  );
}
