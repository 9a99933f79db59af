import type { DeliveryState, SkipReason } from '../../../call/delivery.js';
import type { CaptureDetail } from '../../api.js';
import { now } from '../now.js';
import { agoText, clockText } from '../times.js';
import { Untrusted } from '../untrusted.js';
import { counted, countText } from '../words.js';
import { AnswerView } from './answer-view.js';

/** Every send of a call, newest first, and the state of its forwarding. */
export function AttemptsTab({ call }: { readonly call: CaptureDetail }) {
  const attempts = [...call.attempts].reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: Scrollable areas must be reachable by keyboard.
    <section class="scroll" tabIndex={0} aria-label="Attempts">
      {call.deliveries.map((delivery) => (
        <DeliveryNote key={`${delivery.queue} ${delivery.target}`} delivery={delivery} />
      ))}
      {attempts.length === 0 ? (
        <p class="nothing">
          {call.delivery ? 'No attempts yet.' : 'This call was never forwarded or replayed.'}
        </p>
      ) : (
        <ol class="attempts" aria-label="Attempts, newest first">
          {attempts.map((attempt) => (
            <li class="attempt" key={attempt.number}>
              <div class="attempt-when">
                <span class="attempt-number">{countText(attempt.number)}</span>
                <time class="faint" dateTime={attempt.time} title={attempt.time}>
                  {clockText(attempt.time, now.value)}
                </time>
              </div>
              <AnswerView sent={attempt} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const words = {
  waiting: ['soft', 'Waiting to be forwarded'],
  delayed: ['warn', 'Waiting for a retry'],
  active: ['soft', 'Being forwarded'],
  delivered: ['good', 'Delivered'],
  dead: ['bad', 'Given up'],
  skipped: ['soft', 'Not forwarded'],
  'handed over': ['soft', 'Handed over'],
} as const satisfies Record<DeliveryState, readonly [tone: string, words: string]>;

const reasons = {
  no_post: 'it is not a POST with a body',
  no_data: 'it has no field "data"',
  unreadable: 'its events cannot be read',
  filtered: 'none of its events is forwarded',
} as const satisfies Record<SkipReason, string>;

function DeliveryNote({
  delivery: { state, target, queue, queued, due, tries, skipped },
}: {
  readonly delivery: NonNullable<CaptureDetail['delivery']>;
}) {
  const [tone, sentence] = words[state];
  return (
    <dl class="delivery">
      <dt class="unseen">State</dt>
      <dd>
        <strong class={tone}>{sentence}</strong>
        {skipped !== null && `: ${reasons[skipped]}`}
        {state === 'delayed' && due !== null && ` ${untilText(due, now.value)}`}
      </dd>
      <dt>To</dt>
      <dd class="mono">
        <Untrusted text={target} max={300} />
      </dd>
      {queue !== null && (
        <>
          <dt>Over</dt>
          <dd class="mono">
            <Untrusted text={queue} max={300} />
          </dd>
        </>
      )}
      <dt>Queued</dt>
      <dd>
        <time dateTime={queued} title={queued}>
          {agoText(queued, now.value)}
        </time>
        , {tries === 0 ? 'not tried yet' : `tried ${counted(tries, 'time')}`}
      </dd>
    </dl>
  );
}

/** `in 12 s`; `now` when due or overdue. */
function untilText(iso: string, at: number): string {
  const seconds = Math.ceil((Date.parse(iso) - at) / 1000);
  if (!(seconds > 0)) return 'now';
  if (seconds < 60) return `in ${seconds} s`;
  if (seconds < 3600) return `in ${Math.ceil(seconds / 60)} min`;
  return `in ${Math.ceil(seconds / 3600)} h`;
}
