import type { Host } from '../host.js';

/** Tells on a terminal how far something is; off one it says nothing. */
export interface Progress {
  update(text: string): void;
  /** Makes room for a line; the progress comes back below it. */
  clear(): void;
  /** Takes it away and shows the cursor again. May be called twice. */
  end(): void;
}

const silent: Progress = { update: () => {}, clear: () => {}, end: () => {} };

/** Loads ora only where there is a terminal to show it on. */
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
