import { signal, useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import type { ListedSample, SentCall } from '../../api.js';
import { listSamples, sendSample } from '../api-client.js';
import { ChannelMark } from '../channel-mark.js';
import { Dialog } from '../dialog.js';
import { counted } from '../words.js';
import { AnswerView } from './answer-view.js';
import { Choice } from './choice.js';
import { authOf, CredentialFields, noCredentials } from './credential-fields.js';
import { FailureNote } from './failure-note.js';

/** The last choices, kept while the page is open. */
const chosen = signal({ channel: 'email', activity: 'open' });
const target = signal('');
const credentials = signal(noCredentials);

type State =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'sent'; readonly sent: SentCall }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Sends a sample, and another one with Enter. */
export function SendDialog({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const samples = useSignal<readonly ListedSample[]>([]);
  const state = useSignal<State>({ kind: 'choosing' });
  const count = useSignal(0);
  useEffect(() => {
    listSamples().then(
      (list) => {
        samples.value = list;
      },
      (error: unknown) => {
        state.value = { kind: 'failed', error };
      },
    );
  }, [samples, state]);
  const { channel, activity } = chosen.value;
  const ofChannel = samples.value.filter((sample) => sample.channel === channel);
  const sample = ofChannel.find((each) => each.activity === activity);

  const chooseChannel = (name: string) => {
    const of = samples.value.filter((each) => each.channel === name);
    const next = of.find((each) => each.activity === activity) ?? of.find(isOfPage) ?? of[0];
    chosen.value = { channel: name, activity: next?.activity ?? activity };
  };
  const send = async () => {
    if (state.value.kind === 'sending') return;
    state.value = { kind: 'sending' };
    const auth = authOf(credentials.value);
    const to = target.value.trim();
    try {
      const sent = await sendSample({
        channel,
        activity,
        ...(to !== '' && { to }),
        ...(auth !== undefined && { auth }),
      });
      count.value += 1;
      state.value = { kind: 'sent', sent };
    } catch (error) {
      state.value = { kind: 'failed', error };
    }
  };
  const { value } = state;
  return (
    <Dialog
      title="Send a sample"
      onClose={onClose}
      foot={
        <>
          <span class="faint grow">
            {count.value > 0 && `${counted(count.value, 'call')} sent. Enter sends the next.`}
          </span>
          <button
            type="submit"
            form={`${id}-form`}
            class="button primary"
            aria-disabled={value.kind === 'sending'}
            autofocus
          >
            {count.value === 0 ? 'Send' : 'Send the next'}
          </button>
        </>
      }
    >
      <form
        id={`${id}-form`}
        class="form"
        autocomplete="off"
        onSubmit={(submit) => {
          submit.preventDefault();
          send();
        }}
      >
        <fieldset class="form-part">
          <legend class="label">Channel</legend>
          <div class="picks">
            {[...new Set(samples.value.map((each) => each.channel))].map((name) => (
              <Choice
                key={name}
                name={`${id}-channel`}
                title={<ChannelMark channel={name} />}
                chosen={name === channel}
                onChoose={() => chooseChannel(name)}
              />
            ))}
          </div>
        </fieldset>
        <fieldset class="form-part">
          <legend class="label">Activity</legend>
          <div class="picks">
            {ofChannel.map((each) => (
              <Choice
                key={each.activity}
                name={`${id}-activity`}
                title={each.activity}
                chosen={each.activity === activity}
                onChoose={() => {
                  chosen.value = { channel, activity: each.activity };
                }}
              />
            ))}
          </div>
          <p class="faint">{sample && sourceText(sample)}</p>
        </fieldset>
        <div class="form-part">
          <label class="label" for={`${id}-to`}>
            To
          </label>
          <input
            id={`${id}-to`}
            class="field mono"
            placeholder="the listener of this page"
            spellcheck={false}
            value={target.value}
            onInput={(typed) => {
              target.value = typed.currentTarget.value;
            }}
          />
        </div>
        <CredentialFields value={credentials} hint="its own, if this is empty; not stored" />
      </form>
      <div aria-live="polite">
        {value.kind === 'failed' && <FailureNote error={value.error} />}
        {value.kind === 'sent' && <AnswerView sent={value.sent} />}
      </div>
    </Dialog>
  );
}

function isOfPage({ source }: ListedSample): boolean {
  return source === 'page';
}

/** The origin of a sample, so that users know how reliable it is. */
function sourceText(sample: ListedSample): string {
  return isOfPage(sample)
    ? "From Netcore's page, with a new id and the current time."
    : `Netcore's page shows none of these: ${sample.source}, so real ones may differ.`;
}
