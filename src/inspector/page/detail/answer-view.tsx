import type { SentCall } from '../../api.js';
import { statusTone } from '../outcome-mark.js';
import { shownText, Untrusted } from '../untrusted.js';
import { countText } from '../words.js';

/** The outcome of a send: status, time, reason and the start of the answer. */
export function AnswerView({ sent }: { readonly sent: SentCall }) {
  const answer = sent.answer?.trim() ?? '';
  const tone = sent.status === null ? 'bad' : statusTone(sent.status);
  return (
    <div class="answer">
      <p class="answer-line">
        <span class={`badge ${tone}`}>{sent.status ?? 'no answer'}</span>
        <span class="soft">{countText(Math.round(sent.ms))} ms</span>
        <span class="mono">
          <Untrusted text={sent.to} max={200} />
        </span>
        {sent.event !== null && <span class="faint">event {countText(sent.event)} alone</span>}
      </p>
      {sent.reason !== null && !saysTheSame(answer, sent.reason) && (
        <p class={sent.status === null ? 'bad' : 'soft'}>
          <Untrusted text={sent.reason} />
        </p>
      )}
      {answer !== '' && (
        <pre class="answer-body" title="How the answer begins">
          <bdi>{shownText(answer)}</bdi>
        </pre>
      )}
    </div>
  );
}

/** Whether a reason only repeats the answer on one line, perhaps cut. */
function saysTheSame(answer: string, reason: string): boolean {
  const line = answer.replace(/\s+/g, ' ');
  return reason !== '' && line.startsWith(reason.replace(/…$/, '').trim());
}
