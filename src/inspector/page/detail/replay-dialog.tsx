import { signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { CaptureDetail, SentCall } from '../../api.js';
import { ApiFailure, replayCapture } from '../api-client.js';
import { Dialog } from '../dialog.js';
import { Untrusted } from '../untrusted.js';
import { countText } from '../words.js';
import { AnswerView } from './answer-view.js';
import { Choice } from './choice.js';
import { authOf, CredentialFields, noCredentials } from './credential-fields.js';
import { FailureNote } from './failure-note.js';
import { openTargets } from './targets.js';

const targets = openTargets(() => localStorage);
/** The last typed credentials, kept while the page is open. */
const credentials = signal(noCredentials);

type State =
  | { readonly kind: 'asking' }
  | { readonly kind: 'sending' }
  /** The target is another machine, which would receive personal data. */
  | { readonly kind: 'leaving'; readonly reason: string }
  | { readonly kind: 'sent'; readonly sent: SentCall }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Replays a call or one event of it, and shows the answer. */
export function ReplayDialog({
  call,
  event,
  alone: asked,
  onSent,
  onClose,
}: {
  readonly call: CaptureDetail;
  /** The position of the event that may be sent alone, from 1. */
  readonly event: number;
  /** Whether to select that event initially. */
  readonly alone: boolean;
  readonly onSent: () => void;
  readonly onClose: () => void;
}) {
  const id = useId();
  const to = useSignal(targets.all[0] ?? '');
  const alone = useSignal(asked);
  const state = useSignal<State>({ kind: 'asking' });

  const send = async (beyondLoopback: boolean) => {
    if (to.value.trim() === '' || state.value.kind === 'sending') return;
    state.value = { kind: 'sending' };
    const auth = authOf(credentials.value);
    try {
      const sent = await replayCapture(call.id, {
        to: to.value.trim(),
        ...(auth !== undefined && { auth }),
        ...(alone.value && { event }),
        ...(beyondLoopback && { beyondLoopback }),
      });
      targets.add(to.value);
      state.value = { kind: 'sent', sent };
      onSent();
    } catch (error) {
      state.value =
        error instanceof ApiFailure && error.code === 'replay_beyond_loopback'
          ? { kind: 'leaving', reason: error.message }
          : { kind: 'failed', error };
    }
  };
  const { value } = state;
  return (
    <Dialog
      title="Replay"
      onClose={onClose}
      foot={
        value.kind === 'leaving' ? (
          <>
            <button
              type="button"
              class="button"
              onClick={() => {
                state.value = { kind: 'asking' };
              }}
            >
              Do not send
            </button>
            <button type="button" class="button danger" onClick={() => send(true)}>
              Send it there
            </button>
          </>
        ) : (
          <button
            type="submit"
            form={`${id}-form`}
            class="button primary"
            aria-disabled={value.kind === 'sending'}
          >
            {value.kind === 'sending' ? 'Sending…' : value.kind === 'sent' ? 'Send again' : 'Send'}
          </button>
        )
      }
    >
      <form
        id={`${id}-form`}
        class="form"
        autocomplete="off"
        onSubmit={(submit) => {
          submit.preventDefault();
          send(false);
        }}
      >
        <div class="form-part">
          <label class="label" for={`${id}-to`}>
            To
          </label>
          <input
            id={`${id}-to`}
            class="field mono"
            required
            autofocus
            list={`${id}-targets`}
            placeholder=":3000/webhooks/netcore"
            spellcheck={false}
            value={to.value}
            onInput={(typed) => {
              to.value = typed.currentTarget.value;
              if (value.kind === 'leaving') state.value = { kind: 'asking' };
            }}
          />
          <datalist id={`${id}-targets`}>
            {targets.all.map((target) => (
              <option key={target} value={target} />
            ))}
          </datalist>
          <p class="faint">A URL. Without a host it is this machine: :3000/hook</p>
        </div>
        {call.events.length > 1 && (
          <fieldset class="form-part">
            <legend class="label">What</legend>
            <div class="picks">
              <Choice
                name={`${id}-what`}
                title={`The whole call, ${countText(call.events.length)} events`}
                chosen={!alone.value}
                onChoose={() => {
                  alone.value = false;
                }}
              />
              <Choice
                name={`${id}-what`}
                title={`Event ${countText(event)} alone`}
                chosen={alone.value}
                onChoose={() => {
                  alone.value = true;
                }}
              />
            </div>
          </fieldset>
        )}
        <CredentialFields value={credentials} hint="if the target requires it; not stored" />
      </form>
      <div aria-live="polite">
        {value.kind === 'leaving' && (
          <div class="note warn">
            <p>
              <strong>This leaves your machine.</strong> <Untrusted text={value.reason} />
            </p>
          </div>
        )}
        {value.kind === 'failed' && <FailureNote error={value.error} />}
        {value.kind === 'sent' && <AnswerView sent={value.sent} />}
      </div>
    </Dialog>
  );
}
