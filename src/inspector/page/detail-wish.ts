import { signal } from '@preact/signals';

/** What a key asks of the opened call. */
export interface DetailWish {
  readonly id: string;
  readonly what: 'replay';
}

/** Set when a key asks for it, also before the call is opened; the detail fulfils it and sets null. */
export const detailWish = signal<DetailWish | null>(null);
