import { type DeliveryState, deliveryStates } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import { createCursor, merge, next, type Order, type PlaceRange } from './capture-places.js';
import type { Database } from './database.js';

const numberOf = (state: DeliveryState) => deliveryStates.indexOf(state);
const unfinished = [numberOf('waiting'), numberOf('delayed'), numberOf('active')].join(', ');
const handedOver = numberOf('handed over');

/** The outcome of a capture as SQL has it: null, or one of `outcomes`. It takes the joins below. */
export const outcomeColumn = `case
  when state in (${unfinished}) then iif(tries > 0, 'failed', 'waiting')
  when state = ${numberOf('delivered')} then 'delivered'
  when state = ${numberOf('dead')} then 'dead'
  when state = ${numberOf('skipped')} then 'skipped'
  when replays.capture is not null then iif(answered = 200, 'delivered', 'failed')
end`;

export const outcomeJoins = `left join deliveries on deliveries.capture = captures.place
  left join replays on replays.capture = captures.place`;

/** The same of a delivery, as a condition. The plus keeps SQLite walking in the order of places. */
const deliveryConditions: Readonly<Record<Outcome, string>> = {
  waiting: `+state in (${unfinished}) and tries = 0`,
  failed: `+state in (${unfinished}) and tries > 0`,
  delivered: `+state = ${numberOf('delivered')}`,
  dead: `+state = ${numberOf('dead')}`,
  skipped: `+state = ${numberOf('skipped')}`,
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
    `select capture from deliveries where (${conditions}) and ${next('capture', order)}`,
  );
  const replayed = database.prepare(
    `select capture from replays
     where iif(answered = 200, 'delivered', 'failed') in (${outcomes.map(() => '?').join(', ')})
       and not exists (select 1 from deliveries
                       where deliveries.capture = replays.capture and state <> ${handedOver})
       and ${next('capture', order)}`,
  );
  return merge(
    [createCursor(queued, [], range, order), createCursor(replayed, outcomes, range, order)],
    order,
  );
}
