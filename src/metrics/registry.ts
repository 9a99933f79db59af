import { helpLine, number, seriesName, typeLine } from './exposition.js';

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

type Labels<L extends string> = Readonly<Record<L, string>>;

interface Counter<L extends string> {
  add(labels: Labels<L>, count?: number): void;
}

interface Gauge<L extends string> {
  set(labels: Labels<L>, value: number): void;
  /** Removes all series, for values that are read anew. */
  clear(): void;
}

interface Histogram<L extends string> {
  observe(labels: Labels<L>, value: number): void;
}

const defaultMaxSeries = 100;
const maxLabelLength = 100;
/** The label values of the series beyond the maximum. */
const otherSeries = 'other';

export function createRegistry(): Registry {
  const families: (() => string)[] = [];
  const collectors: (() => void)[] = [];

  /** `create` makes a series without a value. Its names are written once, since escaping takes most of the time. */
  function family<L extends string, S extends Series>(
    { name, help, labels, maxSeries = defaultMaxSeries }: Family<L>,
    type: 'counter' | 'gauge' | 'histogram',
    create: (labels: Labels<L>) => S,
  ) {
    /** By the label values. */
    const series = new Map<string, S>();
    const head = `${helpLine(name, help)}\n${typeLine(name, type)}\n`;
    const add = (key: string, values: Labels<L>): S => {
      const created = create(values);
      series.set(key, created);
      return created;
    };
    families.push(() => {
      let text = series.size === 0 ? '' : head;
      for (const each of series.values()) text += each.text();
      return text;
    });
    return {
      clear: () => series.clear(),
      at(given: Labels<L>): S {
        const values = labels.map((label) => given[label].slice(0, maxLabelLength));
        const key = values.join('\0');
        const known = series.get(key);
        if (known) return known;
        if (series.size < maxSeries) return add(key, labelled(labels, values));
        const others = labels.map(() => otherSeries);
        const otherKey = others.join('\0');
        return series.get(otherKey) ?? add(otherKey, labelled(labels, others));
      },
    };
  }

  return {
    counter(described) {
      const { at } = family(described, 'counter', (labels) => newValue(described.name, labels));
      return {
        add(labels, count = 1) {
          at(labels).value += count;
        },
      };
    },
    gauge(described) {
      const { at, clear } = family(described, 'gauge', (labels) =>
        newValue(described.name, labels),
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
      const { at } = family(described, 'histogram', (labels) => newHistogram(name, bounds, labels));
      return { observe: (labels, value) => at(labels).observe(value) };
    },
    onText: (collect) => void collectors.push(collect),
    text() {
      for (const collect of collectors) collect();
      return families.map((text) => text()).join('');
    },
  };
}

interface Series {
  /** Its lines. */
  text(): string;
}

function newValue(name: string, labels: Readonly<Record<string, string>>) {
  const start = `${seriesName(name, labels)} `;
  const series = { value: 0, text: () => `${start}${number(series.value)}\n` };
  return series;
}

function newHistogram(
  name: string,
  bounds: readonly number[],
  labels: Readonly<Record<string, string>>,
) {
  const starts = [...bounds, Number.POSITIVE_INFINITY].map(
    (bound) => `${seriesName(`${name}_bucket`, { ...labels, le: number(bound) })} `,
  );
  const sumStart = `${seriesName(`${name}_sum`, labels)} `;
  const countStart = `${seriesName(`${name}_count`, labels)} `;
  /** Of each bucket alone; the last one has no bound. */
  const counts = starts.map(() => 0);
  let sum = 0;
  return {
    observe(value: number) {
      const index = bounds.findIndex((bound) => value <= bound);
      const bucket = index < 0 ? bounds.length : index;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
    },
    text() {
      let below = 0;
      let text = '';
      starts.forEach((start, index) => {
        below += counts[index] ?? 0;
        text += `${start}${below}\n`;
      });
      return `${text}${sumStart}${number(sum)}\n${countStart}${below}\n`;
    },
  };
}

function labelled<L extends string>(labels: readonly L[], values: readonly string[]): Labels<L> {
  const pairs = labels.map((label, index) => [label, values[index] ?? ''] as const);
  return Object.fromEntries(pairs) as Labels<L>;
}
