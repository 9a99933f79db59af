/** How long something takes or took, for people: `4 s`, `12 min`, `3 h`, `5 days`. */
export function waitWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** When a delayed call is tried again, in so many milliseconds. */
export function nextTryWords(ms: number): string {
  return ms <= 0 ? 'due now' : `again in ${waitWords(ms)}`;
}
