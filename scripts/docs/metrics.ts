import { describeMetrics } from '../../src/forwarding/metrics.js';
import type { Family, Registry } from '../../src/metrics/registry.js';
import { cell, code, table } from './markdown.js';

interface Described extends Family<string> {
  readonly type: string;
}

/** Every metric, as the program describes it to its registry. */
function metrics(): readonly Described[] {
  const described: Described[] = [];
  const ignored = { add: () => {}, set: () => {}, clear: () => {}, observe: () => {} };
  const note = (type: string) => (family: Family<string>) => {
    described.push({ ...family, type });
    return ignored;
  };
  const registry: Registry = {
    counter: note('counter') as Registry['counter'],
    gauge: note('gauge') as Registry['gauge'],
    histogram: note('histogram') as Registry['histogram'],
    onText: () => {},
    text: () => '',
  };
  describeMetrics(registry);
  return described;
}

/** docs/metrics.md: how to scrape the metrics, and each of them. */
export function writeMetrics(): string {
  return [
    '# Metrics',
    '',
    'Serve metrics for Prometheus, on the listener itself or on a port of their own:',
    '',
    '```console',
    '$ netcore-hook listen -f :3000/webhooks/netcore --metrics',
    '…',
    'Metrics    http://127.0.0.1:4400/_netcore-hook/metrics',
    '…',
    '$ netcore-hook queue work -f :3000/webhooks/netcore --metrics-port 9464',
    '…',
    'Metrics    http://127.0.0.1:9464/metrics',
    '…',
    '```',
    '',
    '```yaml',
    'scrape_configs:',
    '  - job_name: netcore-hook',
    '    metrics_path: /_netcore-hook/metrics',
    '    static_configs:',
    '      - targets: ["127.0.0.1:4400"]',
    '```',
    '',
    '- `--metrics` needs no credentials from this machine. Other clients, requests that a proxy marks (`X-Forwarded-For`,',
    '  `Via`) or that name another host, and every request while `--tunnel` is open need those of `--auth`: add `basic_auth`',
    '  to the scrape. A proxy on this machine that marks nothing looks local: let it serve only the path of the webhook.',
    '- `--metrics-port` listens on 127.0.0.1 only.',
    '- [contrib/prometheus](../contrib/prometheus/netcore-hook.rules.yml) has alert rules. Without Prometheus, use the',
    '  [alerts](alerts.md) of the listener.',
    '',
    '## Every metric',
    '',
    'Written by `npm run docs` from the list in the code. Counters and histograms begin with the process; a histogram has',
    '`_bucket`, `_sum` and `_count`. The store, its queue and its disk are read every 10 seconds, in a thread of their own.',
    '',
    ...table(
      ['metric', 'type', 'labels', 'meaning'],
      metrics().map(({ name, type, labels, help }) => [
        code(name),
        type,
        labels.map(code).join(' '),
        cell(help),
      ]),
    ),
    '',
    'Senders choose the names of channels, activities, panels and webhooks. Each metric has at most 100 series; further',
    'ones are counted under `other`.',
    '',
  ].join('\n');
}
