import type { DeliveryAttempt } from './delivery.js';

/** The outcome of an attempt as a sentence. Holds untrusted text. */
export function outcomeSentence({
  status,
  reason,
}: Pick<DeliveryAttempt, 'status' | 'reason'>): string {
  if (status === null) return reason ?? 'No response was received.';
  return reason === null ? `It answered ${status}.` : `It answered ${status}, "${reason}".`;
}
