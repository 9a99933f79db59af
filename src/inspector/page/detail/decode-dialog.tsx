import { signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { DecodedPaste } from '../../api.js';
import { decodePaste } from '../api-client.js';
import { copyText } from '../copy-text.js';
import { Dialog } from '../dialog.js';
import { Untrusted } from '../untrusted.js';
import { countText } from '../words.js';
import { createEventsState, type EventsState } from './events-state.js';
import { EventsView } from './events-view.js';
import { FailureNote } from './failure-note.js';
import { JsonTree } from './json-tree.js';
import { Tabs } from './tabs.js';
import { createTreeState, type TreeState } from './tree-state.js';

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'decoding' }
  | {
      readonly kind: 'decoded';
      readonly paste: DecodedPaste;
      readonly tree: TreeState;
      readonly events: EventsState;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Kept while the page is open, so that closing the dialog loses nothing. */
const pasted = signal('');
const state = signal<State>({ kind: 'empty' });

/** Decodes any pasted text, and lists the removed encodings. */
export function DecodeDialog({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const decode = async () => {
    if (pasted.value.trim() === '' || state.value.kind === 'decoding') return;
    state.value = { kind: 'decoding' };
    try {
      const paste = await decodePaste({ text: pasted.value });
      state.value = {
        kind: 'decoded',
        paste,
        tree: createTreeState(paste.payload),
        events: createEventsState(paste.payload, paste.events),
      };
    } catch (error) {
      state.value = { kind: 'failed', error };
    }
  };
  const { value } = state;
  return (
    <Dialog
      title="Decode a paste"
      wide
      onClose={onClose}
      foot={
        <>
          <span class="faint grow keys-hint">
            <kbd>Ctrl</kbd> <kbd>Enter</kbd> decodes
          </span>
          {value.kind === 'decoded' && (
            <button
              type="button"
              class="button"
              onClick={() => copyText(value.paste.payload, 'The payload is copied.')}
            >
              Copy payload
            </button>
          )}
          <button
            type="button"
            class="button primary"
            aria-disabled={value.kind === 'decoding'}
            onClick={decode}
          >
            {value.kind === 'decoding' ? 'Decoding…' : 'Decode'}
          </button>
        </>
      }
    >
      <div class="form-part">
        <label class="label" for={`${id}-paste`}>
          A body, a curl command, a log line or JSON that contains a payload
        </label>
        <textarea
          id={`${id}-paste`}
          class="field mono whole paste"
          rows={value.kind === 'decoded' ? 3 : 9}
          spellcheck={false}
          placeholder="data=%7B%22netcore_hook_test%22%3A%5B…"
          autofocus
          value={pasted.value}
          onInput={(typed) => {
            pasted.value = typed.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            decode();
          }}
        />
      </div>
      <div aria-live="polite">
        {value.kind === 'failed' && <FailureNote error={value.error} />}
        {value.kind === 'decoded' && <Peeled paste={value.paste} />}
      </div>
      {value.kind === 'decoded' && <Decoded tree={value.tree} events={value.events} />}
    </Dialog>
  );
}

/** The removed encodings and the warnings. */
function Peeled({ paste: { layers, warnings } }: { readonly paste: DecodedPaste }) {
  return (
    <>
      {layers.length > 0 && (
        <ol class="layers" aria-label="Removed encodings, outermost first">
          {layers.map(({ name, detail }, index) => (
            <li key={index}>
              <span class="badge">
                <Untrusted text={name} max={60} />
              </span>{' '}
              <span class="soft">
                <Untrusted text={detail} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {warnings.map(({ code, message }, index) => (
        <div class="note warn" key={index}>
          <p title={code}>
            <Untrusted text={message} max={1000} />
          </p>
        </div>
      ))}
    </>
  );
}

function Decoded({ tree, events }: { readonly tree: TreeState; readonly events: EventsState }) {
  const view = useSignal<'events' | 'json'>('events');
  return (
    <div class="decoded">
      <Tabs
        label="Views of the payload"
        chosen={view.value}
        onChoose={(name) => {
          view.value = name;
        }}
        tabs={[
          {
            name: 'events',
            title: 'Events',
            count: countText(events.texts.length),
            panel: () => <EventsView state={events} />,
          },
          {
            name: 'json',
            title: 'JSON',
            panel: () => <JsonTree state={tree} label="The payload" />,
          },
        ]}
      />
    </div>
  );
}
