import { jsonLine } from '../output/json-line.js';
import type { CommandContext } from './command.js';

/** Takes what a running command has to say. */
export type Emit<N> = (notice: N) => void;

/** A notice as text: `out` is what was asked for, `err` everything else. Lines end with a feed. */
interface Said {
  readonly out?: string;
  readonly err?: string;
}
export type View<N> = (notice: N) => Said | undefined;

/** What takes the text: the streams of the process, or something in front of them. */
export interface Outputs {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Where the notices of a command go: a JSON line each under `--json`, else through its view. */
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
    const said = view(notice);
    if (said?.out) stdout.write(said.out);
    if (said?.err && (!global.quiet || notice.type === 'problem')) stderr.write(said.err);
  };
}
