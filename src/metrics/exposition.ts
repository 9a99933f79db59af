/*
 * Lines of Prometheus's text format 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

export function helpLine(name: string, help: string): string {
  return `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}`;
}

export function typeLine(name: string, type: 'counter' | 'gauge' | 'histogram'): string {
  return `# TYPE ${name} ${type}`;
}

/** The name and labels of a series, which its value follows. */
export function seriesName(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return pairs.length > 0 ? `${name}{${pairs.join(',')}}` : name;
}

export function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/** Values are UTF-8, which cannot hold lone surrogates. */
function escaped(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('utf8')
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/\n/g, '\\n');
}
