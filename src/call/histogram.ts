/** Adjacent bucket bounds differ by this factor, so a bucket's middle is within 1 %. */
const growth = 1.02;
/** The first bucket holds everything faster. Milliseconds. */
const minBucketMs = 0.001;
/** The last bucket holds one hundred hours and more. */
const bucketCount = 1 + Math.ceil(Math.log(360_000_000 / minBucketMs) / Math.log(growth));

/** Milliseconds within 1 %, in constant memory. */
export interface Histogram {
  add(ms: number, times?: number): void;
  /** null when empty. */
  percentile(percent: number): number | null;
  /** null when empty. */
  max(): number | null;
  /** The middle and the count of each filled bucket, shortest first. */
  filled(): readonly HistogramBucket[];
}

export interface HistogramBucket {
  readonly ms: number;
  readonly count: number;
}

/** `buckets`: the initial content. */
export function createHistogram(filled: readonly HistogramBucket[] = []): Histogram {
  const buckets = new Float64Array(bucketCount);
  let count = 0;
  let minMs = Number.POSITIVE_INFINITY;
  let maxMs = 0;
  const within = (ms: number) => Math.round(Math.min(Math.max(ms, minMs), maxMs) * 100) / 100;
  const add = (ms: number, times = 1) => {
    const step = Math.floor(Math.log(Math.max(ms, minBucketMs) / minBucketMs) / Math.log(growth));
    const at = Math.min(step, bucketCount - 1);
    buckets[at] = (buckets[at] ?? 0) + times;
    count += times;
    minMs = Math.min(minMs, ms);
    maxMs = Math.max(maxMs, ms);
  };
  for (const bucket of filled) add(bucket.ms, bucket.count);
  return {
    add,
    percentile(percent) {
      if (count === 0) return null;
      // Nearest rank: the smallest time that this percentage of attempts did not exceed.
      let left = Math.ceil((count * percent) / 100);
      const at = buckets.findIndex((bucket) => {
        left -= bucket;
        return left <= 0;
      });
      return within(middle(at));
    },
    max: () => (count === 0 ? null : Math.round(maxMs * 100) / 100),
    filled: () =>
      [...buckets.entries()]
        .filter(([, bucket]) => bucket > 0)
        .map(([at, bucket]) => ({ ms: within(middle(at)), count: bucket })),
  };
}

function middle(bucket: number): number {
  return minBucketMs * growth ** bucket * Math.sqrt(growth);
}
