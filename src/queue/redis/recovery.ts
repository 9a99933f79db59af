const firstPause = 250;
const maxPause = 2000;

/** Watches whether an engine works, and tells once when it fails and once when it is well again. */
export interface Recovery {
  /** Whether what is done now can be expected to work. */
  readonly well: boolean;
  /** Something failed. From now on it is tried whether that still is so. */
  report(error: unknown): void;
  /** Resolves when it is well, or when it is not watched any more. */
  whenWell(): Promise<void>;
  stop(): void;
}

export interface RecoveryOptions {
  /** Rejects as long as it is not well. */
  readonly probe: () => Promise<void>;
  readonly trouble: (error: unknown) => void;
  /** Told when `well` has changed. */
  readonly changed: () => void;
}

/** It is not well before the first probe has come back. */
export function watchRecovery({ probe, trouble, changed }: RecoveryOptions): Recovery {
  let well = false;
  let told = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const waiting: (() => void)[] = [];

  const release = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  const tell = (error: unknown) => {
    if (told === (error !== undefined)) return;
    told = error !== undefined;
    trouble(error);
  };
  const look = async (pause: number) => {
    try {
      await probe();
    } catch (error) {
      if (stopped) return;
      tell(error);
      timer = setTimeout(() => void look(Math.min(2 * pause, maxPause)), pause);
      return;
    }
    if (stopped) return;
    well = true;
    tell(undefined);
    release();
    changed();
  };
  void look(firstPause);

  return {
    get well() {
      return well;
    },
    report(error) {
      if (stopped || !well) return;
      well = false;
      tell(error);
      // Never at once: what fails in spite of a probe that succeeds must not make a busy loop.
      timer = setTimeout(() => void look(firstPause), firstPause);
      changed();
    },
    whenWell() {
      if (well || stopped) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      release();
    },
  };
}
