import { describe, expect, test } from 'vitest';
import { pathOf } from '../../../../src/inspector/page/detail/tree-rows.js';
import {
  createTreeState,
  type TreeState,
} from '../../../../src/inspector/page/detail/tree-state.js';

const event = { channel: 'email', event_params: { email: 'asha@example.com', ts: 221202154805 } };
const batch = JSON.stringify({ netcore_hook_test: Array.from({ length: 400 }, () => event) });

const at = (state: TreeState) => pathOf(state.rows.value, state.active.value).join('.');

describe('the state of a tree', () => {
  test('goes in and out of values as arrows do', () => {
    const state = createTreeState(batch);
    state.choose(2);
    expect(at(state)).toBe('netcore_hook_test.0');
    state.enter();
    expect(at(state)).toBe('netcore_hook_test.0');
    state.enter();
    expect(at(state)).toBe('netcore_hook_test.0.channel');
    state.leave();
    expect(at(state)).toBe('netcore_hook_test.0');
    state.leave();
    state.leave();
    expect(at(state)).toBe('netcore_hook_test');
  });

  test('never leaves the rows', () => {
    const state = createTreeState('{"netcore_hook_test":[]}');
    state.choose(-3);
    expect(state.active.value).toBe(0);
    state.choose(99);
    expect(state.active.value).toBe(1);
    state.leave();
    state.leave();
    state.leave();
    expect(state.active.value).toBe(0);
  });

  test('opens what it finds, one match after the other and round again', () => {
    const text = batch.replace('asha', 'ravi');
    const state = createTreeState(text);
    state.find('RAVI@');
    expect(at(state)).toBe('netcore_hook_test.0.event_params.email');
    state.find('asha@');
    expect(state.search.value).toMatchObject({ current: 0, cut: false });
    expect(state.search.value.matches).toHaveLength(399);
    state.go(-1);
    expect(at(state)).toBe('netcore_hook_test.399.event_params.email');
    state.go(1);
    expect(at(state)).toBe('netcore_hook_test.1.event_params.email');
  });

  test('keeps the active row when everything is opened', async () => {
    const state = createTreeState(batch);
    state.choose(100);
    const before = at(state);
    await state.openAll();
    expect(at(state)).toBe(before);
    expect(state.rows.value).toHaveLength(2 + 400 * 5);
    state.closeAll();
    expect(state.rows.value).toHaveLength(2);
    expect(at(state)).toBe('');
  });
});
