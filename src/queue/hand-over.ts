import type { Clock } from '../call/clock.js';
import type { Queue, QueuedCall } from './queue.js';

export interface HandOver {
  /** The other engine has free space again. */
  wake(): void;
  /** Pauses or resumes. */
  hold(held: boolean): void;
  /** Hands over no further calls, and waits at most `graceMs` for those in flight. */
  close(graceMs: number): Promise<void>;
}

interface HandOverOptions {
  /** The queue that has the calls. */
  readonly from: Queue;
  /** The key of a call in the other engine. */
  readonly keyOf: (call: QueuedCall) => string;
  /**
   * Resolves to `queued` when the other engine has the call, to `full` when it has reached its limit. It may get
   * the same call again.
   */
  readonly add: (call: QueuedCall, key: string) => Promise<'queued' | 'full'>;
  /** See WorkOptions. */
  readonly ordered: boolean;
  /** Called once when calls cannot be handed over. */
  readonly failed: (error: unknown) => void;
  /** Called when calls can be handed over again. */
  readonly recovered: () => void;
  readonly clock: Clock;
}

type Phase =
  /** Hands over up to `maxSlots` calls at a time. */
  | { readonly kind: 'open' }
  /** A call was not accepted. One call at a time is tried after each pause, which `pause` ends early. */
  | { readonly kind: 'blocked'; readonly pause: AbortController }
  | { readonly kind: 'closed' };

const maxSlots = 64;
/** The pauses before one call is tried, after a failure, and when the other engine is full. */
const retryDelayMs = 1_000;
const fullDelayMs = 250;

/** Moves calls to another engine as soon as it accepts them. Until then, they wait in their queue. */
export function startHandOver(options: HandOverOptions): HandOver {
  const { from, keyOf, add, ordered, clock, failed, recovered } = options;
  let phase: Phase = { kind: 'open' };
  let isFailing = false;
  let isHeld = false;

  async function block(pauseMs: number): Promise<void> {
    if (phase.kind === 'closed') return;
    if (phase.kind === 'blocked') phase.pause.abort();
    const pause = new AbortController();
    phase = { kind: 'blocked', pause };
    worker.allow(0);
    await clock.wait(pauseMs, pause.signal);
    if (phase.kind === 'blocked' && phase.pause === pause && !isHeld) worker.allow(1);
  }

  function unblock(): void {
    if (isFailing) recovered();
    isFailing = false;
    if (phase.kind !== 'blocked') return;
    phase = { kind: 'open' };
    if (!isHeld) worker.allow(maxSlots);
  }

  const worker = from.work(
    async (call) => {
      const job = keyOf(call);
      try {
        if ((await add(call, job)) === 'queued') {
          unblock();
          return { state: 'handed over', job };
        }
        void block(fullDelayMs);
        return { state: 'waiting' };
      } catch (error) {
        if (!isFailing) failed(error);
        isFailing = true;
        void block(retryDelayMs);
        return { state: 'waiting', job };
      }
    },
    { slots: maxSlots, ordered, failed, recovered },
  );

  return {
    wake() {
      if (phase.kind === 'blocked' && !isFailing) phase.pause.abort();
    },
    hold(held) {
      isHeld = held;
      worker.allow(isHeld ? 0 : phase.kind === 'blocked' ? 1 : maxSlots);
    },
    close(graceMs) {
      if (phase.kind === 'blocked') phase.pause.abort();
      phase = { kind: 'closed' };
      return worker.close(graceMs);
    },
  };
}
