import { describe, expect, test } from 'vitest';
import { createEventsState } from '../../../../src/inspector/page/detail/events-state.js';
import { summarizeEvents } from '../../../../src/payload/summarize-events.js';

function stateOf(contacts: readonly string[]) {
  const events = contacts.map((foreignkey) => ({ channel: 'sms', event_params: { foreignkey } }));
  const payload = { netcore_hook_test: events };
  return createEventsState(JSON.stringify(payload), summarizeEvents(payload));
}

describe('the events of a call', () => {
  const contacts = ['asha', 'ravi', 'asha', 'meera'].map((name) => `${name}@example.com`);

  test('are gone through one by one, and no further than their ends', () => {
    const state = stateOf(contacts);
    const opened = [1, 1, 1, 1, -1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map(
      (steps) => {
        state.go(steps);
        return state.opened.value;
      },
    );
    expect(opened).toEqual([1, 2, 3, 3, 2, 0, 3]);
  });

  test('are gone through as they were found, and the first that is found is opened', () => {
    const state = stateOf(contacts);
    state.open(1);
    state.search('asha');
    expect(state.opened.value).toBe(0);
    state.go(1);
    expect(state.opened.value).toBe(2);
    state.search('');
    expect(state.opened.value).toBe(2);
  });

  test('stay as they are when nothing is found', () => {
    const state = stateOf(contacts);
    state.open(3);
    state.search('nobody');
    state.go(1);
    expect(state.found.value).toEqual([]);
    expect(state.opened.value).toBe(3);
  });
});
