import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createRegistry } from '../../src/metrics/registry.js';
import { needPrograms } from '../helpers/programs.js';

describe('metrics', () => {
  test('are written as Prometheus reads them', () => {
    const registry = createRegistry();
    const calls = registry.counter({
      name: 'netcore_hook_calls_total',
      help: 'Calls, by "status" \\ code.',
      labels: ['status'],
    });
    const free = registry.gauge({
      name: 'netcore_hook_disk_free_bytes',
      help: 'Free space.',
      labels: [],
    });
    const time = registry.histogram({
      name: 'netcore_hook_answer_seconds',
      help: 'Time to answer.',
      labels: ['panel'],
      bounds: [0.1, 0.5, 1],
    });
    calls.add({ status: '200' });
    calls.add({ status: '503' }, 3);
    calls.add({ status: '200' });
    free.set({}, 1e21);
    for (const value of [0.1, 0.3, 7]) time.observe({ panel: 'a"b\\c\nd' }, value);
    expect(registry.text()).toBe(
      `# HELP netcore_hook_calls_total Calls, by "status" \\\\ code.
# TYPE netcore_hook_calls_total counter
netcore_hook_calls_total{status="200"} 2
netcore_hook_calls_total{status="503"} 3
# HELP netcore_hook_disk_free_bytes Free space.
# TYPE netcore_hook_disk_free_bytes gauge
netcore_hook_disk_free_bytes 1e+21
# HELP netcore_hook_answer_seconds Time to answer.
# TYPE netcore_hook_answer_seconds histogram
netcore_hook_answer_seconds_bucket{panel="a\\"b\\\\c\\nd",le="0.1"} 1
netcore_hook_answer_seconds_bucket{panel="a\\"b\\\\c\\nd",le="0.5"} 2
netcore_hook_answer_seconds_bucket{panel="a\\"b\\\\c\\nd",le="1"} 2
netcore_hook_answer_seconds_bucket{panel="a\\"b\\\\c\\nd",le="+Inf"} 3
netcore_hook_answer_seconds_sum{panel="a\\"b\\\\c\\nd"} 7.4
netcore_hook_answer_seconds_count{panel="a\\"b\\\\c\\nd"} 3
`,
    );
  });

  test('with labels that senders choose are capped, and the others counted together', () => {
    const registry = createRegistry();
    const events = registry.counter({
      name: 'netcore_hook_events_total',
      help: 'Events.',
      labels: ['channel'],
      maxSeries: 3,
    });
    for (let number = 0; number < 1000; number += 1) events.add({ channel: `forged ${number}` });
    events.add({ channel: 'x'.repeat(100_000) });
    events.add({ channel: 'forged 1' });
    expect(registry.text().split('\n').slice(2, -1)).toEqual([
      'netcore_hook_events_total{channel="forged 0"} 1',
      'netcore_hook_events_total{channel="forged 1"} 2',
      'netcore_hook_events_total{channel="forged 2"} 1',
      'netcore_hook_events_total{channel="other"} 998',
    ]);
  });

  test('that are read anew have no old series, and empty families are left out', () => {
    const registry = createRegistry();
    const queue = registry.gauge({ name: 'netcore_hook_queue', help: 'Queue.', labels: ['state'] });
    queue.set({ state: 'dead' }, 3);
    let cleared = false;
    registry.onText(() => {
      queue.clear();
      if (!cleared) queue.set({ state: 'waiting' }, 1);
      cleared = true;
    });
    expect(registry.text()).toContain('{state="waiting"} 1');
    expect(registry.text()).toBe('');
  });

  test('with any text in their labels are accepted by promtool', () => {
    const [promtool] = needPrograms('promtool');
    const registry = createRegistry();
    const events = registry.counter({
      name: 'netcore_hook_events_total',
      help: 'Events.',
      labels: ['channel'],
      maxSeries: 10_000,
    });
    for (let code = 0; code < 3000; code += 1) {
      events.add({ channel: `a${String.fromCharCode(code)}b\\"` });
    }
    events.add({ channel: 'cut \ud83d' });
    const checked = spawnSync(promtool, ['check', 'metrics'], {
      input: registry.text(),
      encoding: 'utf8',
    });
    expect(checked).toMatchObject({ status: 0, stderr: '', stdout: '' });
  });
});
