import type { DeliveryAttempt } from './delivery.js';

/** What an attempt met, as a sentence for people. Holds untrusted text. */
export function outcomeSentence({
  status,
  reason,
}: Pick<DeliveryAttempt, 'status' | 'reason'>): string {
  if (status === null) return reason ?? 'No response was received.';
  return reason === null ? `It answered ${status}.` : `It answered ${status}, "${reason}".`;
}
