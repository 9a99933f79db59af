import { helpLine, number, seriesLine, typeLine } from './exposition.js';

/** Metrics of one process, and their text for Prometheus. */
export interface Registry {
  counter<L extends string>(family: Family<L>): Counter<L>;
  gauge<L extends string>(family: Family<L>): Gauge<L>;
  histogram<L extends string>(
    family: Family<L> & { readonly bounds: readonly number[] },
  ): Histogram<L>;
  /** Runs `collect` before each text, to set what is read then. */
  onText(collect: () => void): void;
  /** In the text format 0.0.4. */
  text(): string;
}

/** Metrics that differ by their labels only. */
export interface Family<L extends string> {
  /** Like `netcore_hook_calls_total`. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  readonly labels: readonly L[];
  /**
   * Senders choose the values of its labels: further series are counted under `other`.
   * Default: `defaultMaxSeries`.
   */
  readonly maxSeries?: number;
}

export type Labels<L extends string> = Readonly<Record<L, string>>;

export interface Counter<L extends string> {
  add(labels: Labels<L>, count?: number): void;
}

export interface Gauge<L extends string> {
  set(labels: Labels<L>, value: number): void;
  /** Removes all series, for values that are read anew. */
  clear(): void;
}

export interface Histogram<L extends string> {
  observe(labels: Labels<L>, value: number): void;
}

const defaultMaxSeries = 100;
const maxLabelLength = 100;
/** The label values of the series beyond the maximum. */
const otherSeries = 'other';

export function createRegistry(): Registry {
  const families: (() => string[])[] = [];
  const collectors: (() => void)[] = [];

  /** Values by the key of their labels. */
  const family = <L extends string, V>(
    { name, help, labels, maxSeries = defaultMaxSeries }: Family<L>,
    type: 'counter' | 'gauge' | 'histogram',
    create: () => V,
    lines: (series: Labels<L>, value: V) => string[],
  ) => {
    const series = new Map<string, { readonly labels: Labels<L>; value: V }>();
    families.push(() =>
      series.size === 0
        ? []
        : [
            helpLine(name, help),
            typeLine(name, type),
            ...[...series.values()].flatMap((each) => lines(each.labels, each.value)),
          ],
    );
    const at = (given: Labels<L>) => {
      const values = shortened(labels, given);
      const key = JSON.stringify(values);
      const known = series.get(key);
      if (known) return known;
      if (series.size >= maxSeries) return series.get(otherKey(labels)) ?? add(others(labels));
      return add(values);
    };
    const add = (values: Labels<L>) => {
      const created = { labels: values, value: create() };
      series.set(JSON.stringify(values), created);
      return created;
    };
    return { at, clear: () => series.clear() };
  };

  return {
    counter(described) {
      const { at } = family(
        described,
        'counter',
        () => 0,
        (labels, value) => [seriesLine(described.name, labels, value)],
      );
      return {
        add(labels, count = 1) {
          at(labels).value += count;
        },
      };
    },
    gauge(described) {
      const { at, clear } = family(
        described,
        'gauge',
        () => 0,
        (labels, value) => [seriesLine(described.name, labels, value)],
      );
      return {
        set(labels, value) {
          at(labels).value = value;
        },
        clear,
      };
    },
    histogram(described) {
      const { name, bounds } = described;
      const { at } = family(
        described,
        'histogram',
        () => newHistogram(bounds),
        (labels, value) => {
          let below = 0;
          const buckets = bounds.map((bound, index) => {
            below += value.counts[index] ?? 0;
            return seriesLine(`${name}_bucket`, { ...labels, le: number(bound) }, below);
          });
          return [
            ...buckets,
            seriesLine(`${name}_bucket`, { ...labels, le: '+Inf' }, value.count),
            seriesLine(`${name}_sum`, labels, value.sum),
            seriesLine(`${name}_count`, labels, value.count),
          ];
        },
      );
      return {
        observe(labels, value) {
          const histogram = at(labels).value;
          const index = bounds.findIndex((bound) => value <= bound);
          if (index >= 0) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
          histogram.count += 1;
          histogram.sum += value;
        },
      };
    },
    onText: (collect) => void collectors.push(collect),
    text() {
      for (const collect of collectors) collect();
      return `${families.flatMap((lines) => lines()).join('\n')}\n`;
    },
  };
}

interface HistogramCounts {
  /** Of each bucket alone, by its upper bound. */
  readonly counts: number[];
  count: number;
  sum: number;
}

function newHistogram(bounds: readonly number[]): HistogramCounts {
  return { counts: bounds.map(() => 0), count: 0, sum: 0 };
}

function shortened<L extends string>(labels: readonly L[], given: Labels<L>): Labels<L> {
  const values = labels.map((label) => [label, given[label].slice(0, maxLabelLength)] as const);
  return Object.fromEntries(values) as Labels<L>;
}

function others<L extends string>(labels: readonly L[]): Labels<L> {
  return Object.fromEntries(labels.map((label) => [label, otherSeries])) as Labels<L>;
}

function otherKey(labels: readonly string[]): string {
  return JSON.stringify(others(labels));
}
