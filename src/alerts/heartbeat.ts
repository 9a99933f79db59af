import type { Sender } from '../call/attempt.js';
import type { Clock } from '../call/clock.js';
import { planCall } from '../call/plan-call.js';
import { plainReason } from '../problems/translate.js';
import type { Delivery } from './alerts.js';
import { type AlertTarget, deliveryOf, unlessAborted } from './url-channel.js';

export interface HeartbeatOptions {
  readonly target: AlertTarget;
  /** Milliseconds between two beats. */
  readonly every: number;
  /** Whether to send the next beat. */
  readonly isWell: () => boolean;
  readonly sender: Sender;
  readonly clock: Clock;
  /** Called when beats start to fail, and again only after one arrived. Must not throw. */
  readonly failed: (reason: string) => void;
}

export interface Heartbeat {
  close(): void;
}

const maxAnswerMs = 10_000;

/** Requests a URL at once and then regularly while all is well. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { target, every, isWell, sender, clock, failed } = options;
  const closing = new AbortController();
  const { signal } = closing;

  const run = async (): Promise<void> => {
    let broken = false;
    while (!signal.aborted) {
      const pause = clock.wait(every, signal);
      if (isWell()) {
        const { delivered, answer } = await beat(target, sender, signal);
        if (!delivered && !broken && !signal.aborted) failed(answer);
        broken = !delivered;
      }
      await pause;
    }
  };

  void run();
  return { close: () => closing.abort() };
}

/** One request. Never rejects. */
export async function beat(
  target: AlertTarget,
  sender: Sender,
  signal: AbortSignal,
): Promise<Delivery> {
  const call = planCall({ ...target, method: 'GET', contentType: null, body: new Uint8Array() });
  try {
    return deliveryOf(await unlessAborted(sender.send(call, maxAnswerMs), signal), target.url);
  } catch (error) {
    return { delivered: false, answer: plainReason(error) };
  }
}
