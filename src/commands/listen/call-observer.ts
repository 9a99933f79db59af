import type { Capture } from '../../call/call.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import { CallRate } from '../../output/call-rate.js';
import { captureNotice } from '../../output/capture-notice.js';
import { JsonText } from '../../output/json-text.js';
import type { SummaryNotice } from '../../output/notice.js';
import { filtersNothing } from '../../payload/event-filter.js';
import { compactJson } from '../../payload/json-text.js';
import { Problem } from '../../problems/problem.js';
import { asProblem, plainReason } from '../../problems/translate.js';
import type { HealthReport, ReceiverObserver, RefusedCall } from '../../receiver/call-handling.js';
import { ContentReader, type ShownContent } from './content-reader.js';
import { signOfExposure } from './exposure.js';
import { MissedCalls } from './missed-calls.js';
import type { ListenOptions } from './options.js';
import type { ListenNotice } from './view.js';

/**
 * Milliseconds for which a recording failure makes the listener unhealthy. It ends by itself: a
 * load balancer that sends no more calls must try again.
 */
const failingForMs = 10_000;

/** Turns the receiver's events into notices, after each answer. */
export class CallObserver implements ReceiverObserver {
  readonly #options: ListenOptions;
  readonly #emit: Emit<ListenNotice>;
  readonly #verbose: boolean;
  /** JSON output gets every call; text gets a rate above a readable one. */
  readonly #captureRate: CallRate | undefined;
  /** A separate rate keeps rejected calls visible among recorded ones. */
  readonly #refusalRate: CallRate | undefined;
  readonly #reader: ContentReader;
  readonly #statuses: Record<string, number> = {};
  #calls = 0;
  #watchesExposure: boolean;
  /** How many matching captures `--exit-after` still waits for. */
  #wanted: number;
  /** Whether the wait has timed out. */
  expired = false;
  /** What arrived instead. */
  readonly missed = new MissedCalls();
  /** The time of the last recording failure; undefined once a call was recorded. */
  #unrecordedAt: number | undefined;
  /** Also gets each capture. */
  alsoCaptured: (capture: Capture) => void = () => {};
  readonly #now: () => number;
  readonly #foundAll: () => void;
  /** Resolves when `--exit-after` has all its captures. */
  readonly enough: Promise<void>;

  constructor(options: ListenOptions, context: CommandContext, emit: Emit<ListenNotice>) {
    this.#options = options;
    this.#emit = emit;
    this.#verbose = context.global.verbose;
    const { shown, forwarding } = options;
    const forwarded = forwarding.map(({ all, filter }) => ({ all, events: filter }));
    const detail = context.global.json ? 'keys' : 'summary';
    this.#reader = new ContentReader({ shown, forwarded, detail }, (error) => this.failed(error));
    this.#watchesExposure = !options.guarded;
    this.#wanted = options.exitAfter?.captures ?? 0;
    this.#now = context.host.now;
    let foundAll = () => {};
    this.enough = new Promise((resolve) => {
      foundAll = resolve;
    });
    this.#foundAll = foundAll;
    if (!context.global.json) {
      const rateOf = (what: 'recorded' | 'refused') =>
        new CallRate((calls) =>
          emit({ type: 'rate', time: new Date(context.host.now()).toISOString(), what, calls }),
        );
      this.#captureRate = rateOf('recorded');
      this.#refusalRate = rateOf('refused');
    }
  }

  captured(capture: Capture): void {
    this.#count(capture.status);
    this.#unrecordedAt = undefined;
    this.alsoCaptured(capture);
    if (this.#watchesExposure) this.#lookForExposure(capture);
    const all = filtersNothing(this.#options.shown);
    // A call that is not shown need only be read while `--exit-after` looks for matches.
    const counted = all ? this.#showsCapture() : true;
    if (!counted && this.#wanted === 0) return;
    this.#reader.read(capture, (content) => this.#show(capture, content, counted));
  }

  /** Resolves when all captured calls have been shown. */
  caughtUp(): Promise<void> {
    return this.#reader.caughtUp();
  }

  /** `counted`: whether the call is shown by itself. */
  #show(capture: Capture, { reading, shown, skipped }: ShownContent, counted: boolean): void {
    const all = filtersNothing(this.#options.shown);
    if (shown.eventCount === 0 && !all) {
      if (this.#wanted > 0) this.missed.add(reading);
      return;
    }
    if (this.#wanted > 0) {
      this.#wanted -= 1;
      if (this.#wanted === 0) this.#foundAll();
    }
    if (all ? !counted : !this.#showsCapture()) return;
    this.#emit(
      captureNotice(capture, {
        bytes: capture.body.byteLength,
        events: shown.events,
        eventCount: shown.eventCount,
        problem: reading.kind === 'problem' ? reading.message : null,
        ...(skipped && { outcome: 'skipped', skipped }),
      }),
    );
    if (this.#verbose && reading.kind === 'payload') {
      this.#emit({
        type: 'payload',
        payload: new JsonText(compactJson(reading.text())),
        layers: [],
        warnings: reading.warnings,
        events: reading.eventCount,
      });
    }
  }

  refused(refusal: RefusedCall): void {
    // A client that disconnected got no answer.
    if (refusal.code !== 'incomplete') this.#count(refusal.status);
    if (this.#wanted > 0) this.missed.refused(refusal.code);
    if (refusal.code === 'not_recorded') this.#unrecordedAt = this.#now();
    if (this.#refusalRate?.admits() === false) return;
    this.#emit({
      type: 'refused',
      time: new Date(refusal.time).toISOString(),
      remote: refusal.remote,
      status: refusal.status,
      code: refusal.code,
      user: refusal.user,
      method: refusal.method,
      target: refusal.target,
      reason: refusal.error === undefined ? undefined : rootReason(refusal.error),
      not200: this.#calls - (this.#statuses['200'] ?? 0),
    });
  }

  readonly failed = (error: unknown): void => {
    const { code, message, hint, exit } = asProblem(error);
    this.#emit({ type: 'problem', code, message, hint, exit });
  };

  get lacking(): number {
    return this.#wanted;
  }

  health(known: boolean): HealthReport {
    const failing =
      this.#unrecordedAt !== undefined &&
      // The clock may have been set back.
      Math.abs(this.#now() - this.#unrecordedAt) < failingForMs;
    const status = failing ? 'failing' : 'ok';
    return known ? { status, calls: this.#calls, statuses: this.#statuses } : { status };
  }

  summary(): SummaryNotice {
    return {
      type: 'summary',
      calls: this.#calls,
      answered200: this.#statuses['200'] ?? 0,
      statuses: this.#statuses,
      p50: null,
      p95: null,
      p99: null,
    };
  }

  /** Reports pending rates. */
  close(): void {
    this.#captureRate?.close();
    this.#refusalRate?.close();
  }

  #showsCapture(): boolean {
    return this.#captureRate?.admits() !== false;
  }

  #count(status: number): void {
    this.#calls += 1;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  #lookForExposure(capture: Capture): void {
    const sign = signOfExposure(capture.headers);
    if (!sign) return;
    this.#watchesExposure = false;
    this.#emit({
      type: 'warning',
      code: 'exposed',
      message: `This listener is reachable from outside (${sign}) without authentication. Restart it with --auth user:password.`,
    });
  }
}

/** The cause of a problem, if any, since the line already describes the problem. */
function rootReason(error: unknown): string {
  const cause = error instanceof Problem ? error.cause : undefined;
  return plainReason(cause ?? error);
}
