import { type DeliveryState, deliveryStates } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import { createCursor, merge, next, type Order, type PlaceRange } from './capture-places.js';
import type { Database } from './database.js';
import { isHandedOver, isUnfinished } from './unfinished.js';

const numberOf = (state: DeliveryState) => deliveryStates.indexOf(state);
/** A call whose end is not known here: version 0.1.0 handed it over. */
const isUnknown = `(state = ${numberOf('handed over')} and not ${isHandedOver})`;

/** The outcome of a capture as SQL has it: null, or one of `outcomes`. It takes the joins below. */
export const outcomeColumn = `case
  when ${isUnfinished} then iif(tries > 0, 'failed', 'waiting')
  when state = ${numberOf('delivered')} then 'delivered'
  when state = ${numberOf('dead')} then 'dead'
  when state = ${numberOf('skipped')} then 'skipped'
  when replays.capture is not null then iif(answered = 200, 'delivered', 'failed')
end`;

export const outcomeJoins = `left join deliveries on deliveries.capture = captures.place
  left join replays on replays.capture = captures.place`;

/** The same of a delivery, as a condition. */
const deliveryConditions: Readonly<Record<Outcome, string>> = {
  waiting: `${isUnfinished} and tries = 0`,
  failed: `${isUnfinished} and tries > 0`,
  delivered: `state = ${numberOf('delivered')}`,
  dead: `state = ${numberOf('dead')}`,
  skipped: `state = ${numberOf('skipped')}`,
};

/** The places of the captures that have one of these outcomes. */
export function placesOfOutcomes(
  database: Database,
  outcomes: readonly Outcome[],
  range: PlaceRange,
  order: Order,
): Generator<number> {
  const conditions = outcomes.map((outcome) => `(${deliveryConditions[outcome]})`).join(' or ');
  const queued = database.prepare(
    `select capture from deliveries not indexed where (${conditions}) and ${next('capture', order)}`,
  );
  const replayed = database.prepare(
    `select capture from replays
     where iif(answered = 200, 'delivered', 'failed') in (${outcomes.map(() => '?').join(', ')})
       and not exists (select 1 from deliveries
                       where deliveries.capture = replays.capture and not ${isUnknown})
       and ${next('capture', order)}`,
  );
  return merge(
    [createCursor(queued, [], range, order), createCursor(replayed, outcomes, range, order)],
    order,
  );
}
