import { signal } from '@preact/signals';

/** A key's request for the opened call. */
export interface PendingDetailAction {
  readonly id: string;
  readonly what: 'replay';
}

/** May be set before the call is opened; the detail fulfils it and resets it to null. */
export const pendingDetailAction = signal<PendingDetailAction | null>(null);
