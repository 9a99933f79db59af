import type { ListedCall, ListedEvent } from '../api.js';

/** A row of the list: a call, one of its events, or the number of its other events. */
export type Row =
  | { readonly kind: 'call'; readonly key: string; readonly call: ListedCall }
  | {
      readonly kind: 'event';
      readonly key: string;
      readonly call: ListedCall;
      readonly event: ListedEvent;
    }
  | {
      readonly kind: 'more';
      readonly key: string;
      readonly call: ListedCall;
      readonly count: number;
    };

/** The rows of a list of calls, built when accessed, so that only visible rows cost anything. */
export interface Rows {
  readonly count: number;
  at(index: number): Row | undefined;
  /** The index of a key, or of its call's row when the event has no row; -1 when not listed. */
  indexOf(key: string): number;
  /** The index of the next or previous call's row. */
  nextCall(index: number, step: 1 | -1): number;
}

export function rowsOf(calls: readonly ListedCall[]): Rows {
  // starts[i]: the index of the row of calls[i].
  const starts = new Uint32Array(calls.length + 1);
  for (const [index, call] of calls.entries()) {
    starts[index + 1] = (starts[index] ?? 0) + rowCount(call);
  }
  const count = starts[calls.length] ?? 0;
  const callAt = (row: number) => {
    let low = 0;
    let high = calls.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    count,
    at(index) {
      if (index < 0 || index >= count) return undefined;
      const callIndex = callAt(index);
      const call = calls[callIndex];
      return call && rowWithin(call, index - (starts[callIndex] ?? 0));
    },
    indexOf(key) {
      const [id, event] = readKey(key);
      const callIndex = calls.findIndex((call) => call.id === id);
      const call = calls[callIndex];
      if (!call) return -1;
      const start = starts[callIndex] ?? 0;
      if (event === 'more') return start + rowCount(call) - 1;
      return start + 1 + call.events.findIndex((each) => String(each.number) === event);
    },
    nextCall(index, step) {
      const callIndex = callAt(index);
      const start = starts[callIndex] ?? 0;
      if (step === -1 && index > start) return start;
      return starts[Math.min(Math.max(callIndex + step, 0), Math.max(calls.length - 1, 0))] ?? 0;
    },
  };
}

/** The call's id, and an event's number; `more` for the row that counts the others. */
function readKey(key: string): readonly [id: string, event: string] {
  const [id = '', event = ''] = key.split(' ', 2);
  return [id, event];
}

function rowCount(call: ListedCall): number {
  return 1 + call.events.length + (call.eventCount > call.events.length ? 1 : 0);
}

function rowWithin(call: ListedCall, offset: number): Row {
  if (offset === 0) return { kind: 'call', key: call.id, call };
  const event = call.events[offset - 1];
  if (event) return { kind: 'event', key: `${call.id} ${event.number}`, call, event };
  return {
    kind: 'more',
    key: `${call.id} more`,
    call,
    count: call.eventCount - call.events.length,
  };
}
