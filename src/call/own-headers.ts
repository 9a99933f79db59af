/** The capture's id. It is the same on every try, so that an endpoint can detect repeated calls. */
export const idHeader = 'X-Netcore-Hook-Id';
/** The number of the try of a forwarded call: 1, 2, … */
export const attemptHeader = 'X-Netcore-Hook-Attempt';
/** How often the call was queued again after the endpoint had accepted it: 1, 2, … Missing: never. */
export const redeliveryHeader = 'X-Netcore-Hook-Redelivery';
/** How many listeners have forwarded the call so far. */
export const hopsHeader = 'X-Netcore-Hook-Hops';
/** Names the running listener in its health answer, as its note in the store does. */
export const instanceHeader = 'X-Netcore-Hook-Instance';

/** The health check for load balancers and monitors. */
export const healthPath = '/_netcore-hook/health';

/** The metrics for Prometheus. */
export const metricsPath = '/_netcore-hook/metrics';

/** A call that was forwarded this often is in a loop. */
export const maxHops = 5;

/** The number of hops in the values of the hop header; unreadable ones count as 0. */
export function countHops(values: readonly string[]): number {
  const counts = values
    // A proxy may have joined repeated lines.
    .flatMap((value) => value.split(','))
    .map((text) => (/^\d+$/.test(text.trim()) ? Number(text) : 0));
  return Math.max(0, ...counts);
}
