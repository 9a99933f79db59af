import { type ReadonlySignal, signal } from '@preact/signals';
import type { CaptureDetail } from '../../api.js';
import { createEventsState, type EventsState } from './events-state.js';
import { createTreeState, type TreeState } from './tree-state.js';

type CallView =
  | { readonly kind: 'reading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'read'; readonly call: CaptureDetail };

/** An opened call: its data and the state of its views. */
export interface CallState {
  readonly view: ReadonlySignal<CallView>;
  /** Created on first use; null when the call has no payload. */
  readonly events: () => EventsState | null;
  readonly tree: () => TreeState | null;
  /** Loads or reloads the call; a failed reload keeps the old data silently. */
  refresh(): Promise<void>;
  close(): void;
}

export function openCallState(
  id: string,
  read: (id: string, signal: AbortSignal) => Promise<CaptureDetail>,
): CallState {
  const view = signal<CallView>({ kind: 'reading' });
  const stop = new AbortController();
  let events: EventsState | null | undefined;
  let tree: TreeState | null | undefined;
  const known = () => (view.value.kind === 'read' ? view.value.call : undefined);
  return {
    view,
    events: () => {
      const call = known();
      if (events === undefined && call) {
        events = call.payload === null ? null : createEventsState(call.payload, call.events);
      }
      return events ?? null;
    },
    tree: () => {
      const call = known();
      if (tree === undefined && call) {
        tree = call.payload === null ? null : createTreeState(call.payload);
      }
      return tree ?? null;
    },
    async refresh() {
      try {
        const call = await read(id, stop.signal);
        if (!stop.signal.aborted) view.value = { kind: 'read', call };
      } catch (error) {
        if (!stop.signal.aborted && view.value.kind !== 'read')
          view.value = { kind: 'failed', error };
      }
    },
    close() {
      stop.abort();
    },
  };
}
