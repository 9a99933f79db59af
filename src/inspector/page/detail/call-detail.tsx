import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { CaptureDetail } from '../../api.js';
import { readCapture } from '../api-client.js';
import { copyText } from '../copy-text.js';
import { writeAddress } from '../filters.js';
import { Icon } from '../icon.js';
import { openedCall, openedEvent } from '../page-state.js';
import { pendingDetailAction } from '../pending-detail-action.js';
import { detailTab } from '../preferences.js';
import { countText } from '../words.js';
import { AttemptsTab } from './attempts-tab.js';
import { BodyTab } from './body-tab.js';
import { CallHead } from './call-head.js';
import { type CallState, openCallState } from './call-state.js';
import { detailActionOf } from './detail-keys.js';
import { EventActions } from './event-actions.js';
import { EventsView } from './events-view.js';
import { FailureNote } from './failure-note.js';
import { HeadersTab } from './headers-tab.js';
import { JsonTree } from './json-tree.js';
import { NoPayload } from './no-payload.js';
import { pauseBeforeReading } from './pause-before-reading.js';
import { ReplayDialog } from './replay-dialog.js';
import { Tabs } from './tabs.js';

export function CallDetail({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const state = useMemo(() => openCallState(id, readCapture), [id]);
  useEffect(() => {
    state.refresh();
    return () => state.close();
  }, [state]);
  // Keeps the previous call while the next one loads, so that the layout stays still.
  const before = useRef<CallState | null>(null);
  const view = state.view.value;
  if (view.kind !== 'reading') before.current = view.kind === 'read' ? state : null;
  const shown = before.current;
  const read = shown?.view.value;
  // One element for all states, so that focus and assistive technology keep their place.
  return (
    <article
      class="detail"
      aria-label={read?.kind === 'read' ? `Call ${read.call.id}` : 'Call'}
      aria-busy={view.kind === 'reading'}
    >
      {shown && read?.kind === 'read' ? (
        <ReadCall key={read.call.id} call={read.call} state={shown} onClose={onClose} />
      ) : (
        <header class="detail-head">
          <button
            type="button"
            class="button quiet square close"
            aria-label="Close the call"
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
          {view.kind === 'failed' && <FailureNote error={view.error} />}
        </header>
      )}
    </article>
  );
}

function ReadCall({
  call,
  state,
  onClose,
}: {
  readonly call: CaptureDetail;
  readonly state: CallState;
  readonly onClose: () => void;
}) {
  /** The open replay: an event by its position from 1, or null for the whole call. */
  const replaying = useSignal<{ readonly event: number | null } | null>(null);
  const pending = pendingDetailAction.value;
  useEffect(() => {
    if (pending?.id !== call.id) return;
    pendingDetailAction.value = null;
    replaying.value = { event: null };
  }, [pending, call.id, replaying]);
  useKeys(state);
  useRefreshing(call, state);
  const asked = openedCall.value === call.id ? openedEvent.value : null;
  useEffect(() => {
    if (asked !== null && asked <= call.eventCount) state.events()?.open(asked - 1);
  }, [asked, call.eventCount, state]);
  const opened = () => (state.events()?.opened.value ?? 0) + 1;
  return (
    <>
      <CallHead
        call={call}
        onReplay={() => {
          replaying.value = { event: null };
        }}
        onLink={() => {
          const event = call.eventCount > 1 && detailTab.value === 'events' ? opened() : null;
          copyText(linkTo(call.id, event), 'The link is copied.');
        }}
        onClose={onClose}
      />
      <Tabs
        label="Views of the call"
        chosen={detailTab.value}
        onChoose={(tab) => {
          detailTab.value = tab;
        }}
        tabs={[
          {
            name: 'events',
            title: 'Events',
            count: countText(call.events.length),
            panel: () => {
              const events = state.events();
              if (!events) return <NoPayload call={call} />;
              return (
                <EventsView
                  state={events}
                  // The head already offers these actions for a single event.
                  actions={(eventIndex) =>
                    call.events.length > 1 && (
                      <EventActions
                        id={call.id}
                        event={eventIndex + 1}
                        onReplay={() => {
                          replaying.value = { event: eventIndex + 1 };
                        }}
                      />
                    )
                  }
                />
              );
            },
          },
          {
            name: 'json',
            title: 'JSON',
            panel: () => {
              const tree = state.tree();
              return tree ? (
                <JsonTree state={tree} label="The payload" />
              ) : (
                <NoPayload call={call} />
              );
            },
          },
          { name: 'body', title: 'Body', panel: () => <BodyTab call={call} /> },
          {
            name: 'headers',
            title: 'Headers',
            panel: () => <HeadersTab headers={call.headers} />,
          },
          {
            name: 'attempts',
            title: 'Attempts',
            count: call.attempts.length > 0 ? countText(call.attempts.length) : undefined,
            panel: () => <AttemptsTab call={call} />,
          },
        ]}
      />
      {replaying.value && (
        <ReplayDialog
          call={call}
          event={replaying.value.event ?? opened()}
          alone={replaying.value.event !== null}
          onSent={() => state.refresh()}
          onClose={() => {
            replaying.value = null;
          }}
        />
      )}
    </>
  );
}

function linkTo(call: string, event: number | null): string {
  return `${location.origin}${location.pathname}${writeAddress({ filters: {}, call, event })}`;
}

/** The keys of the opened call, with any focus except text input. */
function useKeys(state: CallState): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const typing =
        event.target instanceof Element &&
        event.target.closest('input, textarea, select, [contenteditable]');
      if (typing || document.querySelector('dialog[open]')) return;
      const action = detailActionOf(event.key);
      if (!action) return;
      event.preventDefault();
      if (action.kind === 'tab') detailTab.value = action.tab;
      else state.events()?.go(action.steps);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [state]);
}

/** Reloads a call while it is on its way to a handler. */
function useRefreshing(call: CaptureDetail, state: CallState): void {
  const wait = pauseBeforeReading(call);
  useEffect(() => {
    if (wait === null) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const later = () => {
      timer = setTimeout(async () => {
        if (!document.hidden) await state.refresh();
        if (!over) later();
      }, wait);
    };
    later();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [call, state]);
}
