import type { InputStream } from '../../host.js';

/** Why a round begins: a file changed, someone pressed Enter, or the endpoint is back. */
export type RoundReason = 'change' | 'enter' | 'back';

/** What happened since it was last taken. */
export interface WatchEvents {
  changed(path: string): void;
  happened(reason: Exclude<RoundReason, 'change'>): void;
  isPending(): boolean;
  /** Resolves once an event is pending, or the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
  take(): { readonly reason: RoundReason | undefined; readonly paths: readonly string[] };
}

export function createWatchEvents(): WatchEvents {
  const paths = new Set<string>();
  const reasons = new Set<RoundReason>();
  const waiting = new Set<() => void>();
  const isPending = () => reasons.size > 0;
  const note = (reason: RoundReason) => {
    reasons.add(reason);
    for (const wake of [...waiting]) wake();
  };
  return {
    changed(path) {
      paths.add(path);
      note('change');
    },
    happened: note,
    isPending,
    next: (signal) =>
      new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        if (isPending() || signal.aborted) wake();
      }),
    take() {
      const reason = (['enter', 'change', 'back'] as const).find((each) => reasons.has(each));
      const taken = { reason, paths: [...paths] };
      reasons.clear();
      paths.clear();
      return taken;
    },
  };
}

/** Calls `react` at every Enter on a terminal. Returns a function that stops it. */
export function onEnter(stdin: InputStream, react: () => void): () => void {
  if (!stdin.isTTY) return () => {};
  const read = (typed: Buffer | string) => {
    if (/[\r\n]/.test(String(typed))) react();
  };
  stdin.on('data', read);
  return () => {
    stdin.off('data', read);
    stdin.pause();
  };
}
