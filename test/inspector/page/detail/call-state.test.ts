import { expect, test } from 'vitest';
import type { CaptureDetail } from '../../../../src/inspector/api.js';
import { openCallState } from '../../../../src/inspector/page/detail/call-state.js';

const payload = '{"netcore_hook_test":[{"channel":"sms","event":"click"}]}';
const call: CaptureDetail = {
  id: '1pcd30dk78kzjgy4',
  time: '2026-11-24T08:00:00.000Z',
  method: 'POST',
  target: '/hook',
  remote: '127.0.0.1',
  bytes: 120,
  status: 200,
  panels: ['netcore_hook_test'],
  events: [],
  eventCount: 1,
  problem: null,
  outcome: null,
  skipped: null,
  headers: [],
  payload,
  text: '',
  cut: false,
  delivery: null,
  deliveries: [],
  attempts: [],
};

test('a call that is read again keeps what was opened in it', async () => {
  const answers = [call, { ...call, outcome: 'delivered' as const }];
  const state = openCallState(call.id, async () => answers.shift() ?? call);
  expect(state.view.value.kind).toBe('reading');
  expect(state.tree()).toBeNull();
  await state.refresh();
  const tree = state.tree();
  await state.refresh();
  expect(state.view.value).toMatchObject({ kind: 'read', call: { outcome: 'delivered' } });
  expect(state.tree()).toBe(tree);
  expect(state.events()?.texts).toHaveLength(1);
});

test('a call without a payload has neither events nor a tree', async () => {
  const state = openCallState(call.id, async () => ({ ...call, payload: null }));
  await state.refresh();
  expect([state.events(), state.tree()]).toEqual([null, null]);
});

test('what fails is told at first, and later leaves what was read', async () => {
  const gone = new Error('The inspector does not answer.');
  const steps = [() => Promise.reject(gone), async () => call, () => Promise.reject(gone)];
  const state = openCallState(call.id, () => steps.shift()!());
  await state.refresh();
  expect(state.view.value).toEqual({ kind: 'failed', error: gone });
  await state.refresh();
  await state.refresh();
  expect(state.view.value.kind).toBe('read');
});

test('a call that was closed meanwhile is not shown', async () => {
  const state = openCallState(call.id, async () => call);
  const reading = state.refresh();
  state.close();
  await reading;
  expect(state.view.value.kind).toBe('reading');
});
