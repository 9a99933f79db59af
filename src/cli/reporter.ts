import { wrapped } from '../output/columns.js';
import { jsonLine } from '../output/json-line.js';
import type { CommandContext } from './command.js';

export type Emit<N> = (notice: N) => void;

/**
 * A notice as text: `out` is the requested output, `err` everything else. Lines end with a line
 * feed.
 */
interface ViewText {
  readonly out?: string;
  readonly err?: string;
}
export type View<N> = (notice: N) => ViewText | undefined;

/** The streams of the process, or wrappers around them. */
export interface Outputs {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Writes notices as JSON lines under `--json`, else as text. */
export function reporter<N extends { readonly type: string }>(
  context: CommandContext,
  view: View<N>,
  { stdout, stderr }: Outputs = context.host,
): Emit<N> {
  const { global } = context;
  if (global.json) {
    return (notice) => {
      const stream = notice.type === 'problem' || notice.type === 'warning' ? stderr : stdout;
      stream.write(jsonLine(notice));
    };
  }
  return (notice) => {
    const text = view(notice);
    if (text?.out) stdout.write(text.out);
    if (text?.err && (!global.quiet || notice.type === 'problem')) {
      stderr.write(wrapped(text.err, context.host.stderr));
    }
  };
}

/**
 * Holds notices until the one that programs expect first: others may be ready before it. Warnings go to
 * stderr and do not wait.
 */
export function beginningWith<N extends { readonly type: string }>(
  first: N['type'],
  emit: Emit<N>,
): Emit<N> {
  let held: N[] | undefined = [];
  return (notice) => {
    if (held && notice.type !== first && notice.type !== 'warning') {
      held.push(notice);
      return;
    }
    emit(notice);
    if (notice.type !== first) return;
    for (const each of held ?? []) emit(each);
    held = undefined;
  };
}
