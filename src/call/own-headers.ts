/** Names the capture that is sent: the same on every try, so that an endpoint knows a repeated call. */
export const idHeader = 'X-Netcore-Hook-Id';
/** Which try of a forwarded call it is: 1, 2, … */
export const attemptHeader = 'X-Netcore-Hook-Attempt';
/** How many listeners have forwarded a call so far. */
export const hopsHeader = 'X-Netcore-Hook-Hops';

/** A call that was forwarded so often goes in a circle. */
export const maxHops = 5;

/** How often a call was forwarded, by the values of its hop header; what is no number counts as none. */
export function countHops(values: readonly string[]): number {
  const counts = values
    // A proxy may have joined repeated lines.
    .flatMap((value) => value.split(','))
    .map((text) => (/^\d+$/.test(text.trim()) ? Number(text) : 0));
  return Math.max(0, ...counts);
}
