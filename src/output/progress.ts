import type { Host } from '../host.js';

/** Shows progress on a terminal; silent elsewhere. */
export interface Progress {
  update(text: string): void;
  /** Removes the progress to print a line; the next update shows it again. */
  clear(): void;
  /** Removes the progress and shows the cursor again. May be called twice. */
  end(): void;
}

const silent: Progress = { update: () => {}, clear: () => {}, end: () => {} };

/** Loads ora only for a terminal. */
export async function createProgress({
  host,
  global,
}: {
  readonly host: Host;
  readonly global: { readonly color: boolean };
}): Promise<Progress> {
  const { stderr, env } = host;
  if (!stderr.isTTY || env.TERM === 'dumb') return silent;
  const { default: ora } = await import('ora');
  const spinner = ora({
    stream: stderr,
    isEnabled: true,
    // Ctrl-C must stay a signal.
    discardStdin: false,
    color: global.color && !env.NO_COLOR ? 'cyan' : false,
  });
  return {
    update(text) {
      spinner.text = text;
      if (!spinner.isSpinning) spinner.start();
    },
    clear: () => void spinner.clear(),
    end: () => void spinner.stop(),
  };
}
