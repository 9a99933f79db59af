import { answerReason } from '../call/answer-reason.js';
import type { Attempt, FailedAttempt } from '../call/attempt.js';
import type { OutgoingCall } from '../call/call.js';
import { atRate, pace } from '../call/pace.js';
import { summarizeAttempts } from '../call/summarize-attempts.js';
import type { CommandContext } from '../cli/command.js';
import { maxConcurrent } from '../cli/options/calling.js';
import type { Emit } from '../cli/reporter.js';
import type { StopSignal } from '../host.js';
import type { AttemptNotice, SentNotice } from '../output/notice.js';
import { exitCodes, interruptionCode } from '../problems/exit-codes.js';
import { problem } from '../problems/problem.js';
import type { SendNotice } from './sending-view.js';

/** Calls to one URL, each built when it is sent. */
export interface CallRun<T> {
  readonly items: Iterable<T> | AsyncIterable<T>;
  readonly make: (item: T, index: number) => MadeCall;
  readonly url: URL;
  /** Calls per second; undefined: as fast as answers arrive, or as `due` says. */
  readonly rate: number | undefined;
  /** When to send a call, in milliseconds after the beginning. */
  readonly due?: ((item: T) => number) | undefined;
  readonly concurrency: number;
  readonly timeout: number;
  readonly insecure: boolean;
  /** Called after every attempt; may return a number to replace its own. */
  readonly ended?: (notice: AttemptNotice, attempt: Attempt, item: T) => number | undefined;
}

export interface MadeCall {
  readonly call: OutgoingCall;
  readonly sent: SentNotice;
  /** The capture that is replayed. */
  readonly capture?: string;
}

/** Sends calls, emits each attempt and a summary, and resolves to the exit code. */
export async function sendCalls<T>(
  run: CallRun<T>,
  { host }: CommandContext,
  emit: Emit<SendNotice>,
): Promise<number> {
  const { url, rate, concurrency, timeout, insecure } = run;
  const { createSender } = await import('../call/send.js');
  const sender = createSender({ timeout, connections: concurrency, insecure });
  const tally = summarizeAttempts();
  const stop = new AbortController();
  let stoppedBy: StopSignal | undefined;
  let latest = 0;
  let unauthenticated = 0;
  let failure: FailedAttempt | undefined;
  const forget = host.onStopSignal((signal) => {
    stoppedBy = signal;
    stop.abort();
    // A hanging endpoint must not delay the summary.
    void sender.close();
  });
  try {
    await pace(
      run.items,
      async (item, index, late) => {
        latest = Math.max(latest, late);
        const made = run.make(item, index);
        const attempt = await sender.send(made.call);
        tally.add(attempt);
        if (attempt.kind === 'failed') failure ??= attempt;
        if (attempt.kind === 'answered' && attempt.status === 401 && !hasLogin(made))
          unauthenticated += 1;
        const notice = attemptNotice(attempt, made, url, index + 1);
        emit({ ...notice, number: run.ended?.(notice, attempt, item) ?? notice.number });
      },
      {
        concurrency,
        signal: stop.signal,
        due: rate === undefined ? run.due : atRate(rate),
      },
    );
  } finally {
    forget();
    await sender.close();
  }
  const summary = tally.summary();
  emit({ type: 'summary', ...summary });
  if (unauthenticated > 0) {
    const message = 'The endpoint requires credentials. Pass --auth user:password.';
    emit({ type: 'warning', code: 'credentials_missing', message });
  }
  if (rate !== undefined && latest > maxLateMs && !stoppedBy) {
    const message = `The rate of ${rate} calls per second was not reached. Try more concurrent calls: --concurrency ${Math.min(concurrency * 4, maxConcurrent)}`;
    emit({ type: 'warning', code: 'rate_not_reached', message });
  }
  if (stoppedBy) return interruptionCode(stoppedBy);
  if (summary.statuses.none === summary.calls) {
    throw problem('no_answer', { url: url.href, failure });
  }
  return summary.answered200 === summary.calls ? exitCodes.done.code : exitCodes.no.code;
}

/** Milliseconds behind schedule above which the rate was not kept. */
const maxLateMs = 1000;

function hasLogin({ call }: MadeCall): boolean {
  return call.headers.some(([name]) => name.toLowerCase() === 'authorization');
}

function attemptNotice(
  attempt: Attempt,
  { sent, capture }: MadeCall,
  url: URL,
  number: number,
): AttemptNotice {
  return {
    type: 'attempt',
    capture,
    to: url.href,
    number,
    status: attempt.kind === 'answered' ? attempt.status : null,
    reason: attempt.kind === 'failed' ? attempt.reason : answerReason(attempt, url),
    ms: Math.round(attempt.ms * 100) / 100,
    reconnected: attempt.reconnected,
    sent,
  };
}
