import type { ComponentChildren } from 'preact';
import type { CaptureDetail } from '../../api.js';
import { bodyAddress } from '../api-client.js';
import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { now } from '../now.js';
import { OutcomeMark, statusTone } from '../outcome-mark.js';
import { agoText } from '../times.js';
import { Untrusted } from '../untrusted.js';
import { sizeText } from '../words.js';
import { CopyForms } from './copy-forms.js';

/** The facts of a call, and its actions. */
export function CallHead({
  call,
  onReplay,
  onLink,
  onClose,
}: {
  readonly call: CaptureDetail;
  readonly onReplay: () => void;
  readonly onLink: () => void;
  readonly onClose: () => void;
}) {
  return (
    <header class="detail-head">
      <div class="detail-title">
        <h2 class="mono">
          <span class="method">
            <Untrusted text={call.method} max={40} />
          </span>{' '}
          <Untrusted text={call.target} max={300} />
        </h2>
        <button
          type="button"
          class="button quiet square close"
          aria-label="Close the call"
          title="Close: Esc"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl class="facts">
        <Fact name="Answered">
          <span class={`badge ${statusTone(call.status)}`}>{call.status}</span>
        </Fact>
        {call.outcome && (
          <Fact name="Outcome">
            <OutcomeMark outcome={call.outcome} />
          </Fact>
        )}
        <Fact name="Received">
          <time dateTime={call.time} title={call.time}>
            {momentText(call.time)}
          </time>{' '}
          <span class="faint">{agoText(call.time, now.value)}</span>
        </Fact>
        <Fact name="From">
          <span class="mono">
            <Untrusted text={call.remote} max={60} />
          </span>
        </Fact>
        <Fact name="Size">{sizeText(call.bytes)}</Fact>
        <Fact name="Id">
          <button
            type="button"
            class="link plain mono"
            title="Copy the id"
            onClick={() => copyText(call.id, 'The id is copied.')}
          >
            {call.id}
          </button>
        </Fact>
      </dl>
      <div class="tools">
        <button type="button" class="button small primary" title="Replay: r" onClick={onReplay}>
          <Icon name="replay" />
          Replay
        </button>
        <CopyForms id={call.id} event={null} />
        <a
          class="button small"
          href={bodyAddress(call.id)}
          download
          aria-label="Download the body"
          title="Download the body, byte for byte"
        >
          <Icon name="download" />
          <span class="narrow-less">Body</span>
        </a>
        <button
          type="button"
          class="button small"
          aria-label="Copy a link to this call"
          title="Copy a link to this call"
          onClick={onLink}
        >
          <Icon name="external" />
          <span class="narrow-less">Link</span>
        </button>
      </div>
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt class="unseen">{name}</dt>
      <dd title={name}>{children}</dd>
    </div>
  );
}

/** In the reader's time zone, which it names, to the second. */
function momentText(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = time.toLocaleTimeString(undefined, {
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return `${time.toLocaleDateString(undefined, { dateStyle: 'medium' })}, ${clock}`;
}
