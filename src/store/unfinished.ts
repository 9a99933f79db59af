import { type DeliveryState, deliveryStates } from '../call/delivery.js';

const unfinishedStates: readonly DeliveryState[] = ['waiting', 'delayed', 'active'];

/** SQL for whether a delivery was handed over to an engine that will report what becomes of it. */
export const isHandedOver = `(state = ${deliveryStates.indexOf('handed over')} and job is not null)`;

/** SQL for whether a delivery has not come to its end, here or in the engine that has it. */
export const isUnfinished = `(state in (${unfinishedStates
  .map((state) => deliveryStates.indexOf(state))
  .join(', ')}) or ${isHandedOver})`;
