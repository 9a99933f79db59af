import type { SentCall } from '../../api.js';
import { statusTone } from '../outcome-mark.js';
import { shownText, Untrusted } from '../untrusted.js';
import { countText } from '../words.js';

/** What sending a call came to: status, time, the reason, and how the answer begins. */
export function AnswerView({ sent }: { readonly sent: SentCall }) {
  const tone = sent.status === null ? 'bad' : statusTone(sent.status);
  return (
    <div class="answer">
      <p class="answer-line">
        <span class={`badge ${tone}`}>{sent.status ?? 'no answer'}</span>
        <span class="soft">{countText(Math.round(sent.ms))} ms</span>
        <span class="answer-to mono">
          <Untrusted text={sent.to} most={200} />
        </span>
        {sent.event !== null && <span class="faint">event {countText(sent.event)} alone</span>}
      </p>
      {sent.reason !== null && (
        <p class={sent.status === null ? 'bad' : 'soft'}>
          <Untrusted text={sent.reason} />
        </p>
      )}
      {sent.answer !== null && sent.answer.trim() !== '' && sent.answer !== sent.reason && (
        <pre class="answer-body" title="How the answer begins">
          <bdi>{shownText(sent.answer)}</bdi>
        </pre>
      )}
    </div>
  );
}
