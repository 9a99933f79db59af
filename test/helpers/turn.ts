import type { DeliveryTurn } from '../../src/call/delivery.js';

/** What a worker asks of a store that neither settles nor takes anything. */
export const idleTurn = {
  settled: [],
  renewal: undefined,
  expired: [],
  hurry: false,
  revived: [],
  maxDelayed: 0,
  maxWaiting: 0,
  ordered: false,
  passed: 0,
  holding: [],
  leave: false,
} as const satisfies Partial<DeliveryTurn>;
