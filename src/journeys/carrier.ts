import { type ReactionKind, reactionKinds } from './journey.js';

/** The activity that started the journey. */
export const triggerCarrier = 0;

/**
 * The number of a message's reaction among all that a contact does in a journey. Two events of a
 * contact with the same carrier are one event that was sent twice.
 */
export function carrierOf(message: number, kind: ReactionKind): number {
  return 1 + message * reactionKinds.length + reactionKinds.indexOf(kind);
}

/** Above every carrier: a journey has up to 99 nodes. */
export const maxCarriers = 400;

/** The message's node and the reaction; undefined for the trigger. */
export function reactionOf(
  carrier: number,
): { readonly message: number; readonly kind: ReactionKind } | undefined {
  if (carrier === triggerCarrier) return undefined;
  const number = carrier - 1;
  const kind = reactionKinds[number % reactionKinds.length] ?? 'delivered';
  return { message: Math.floor(number / reactionKinds.length), kind };
}
