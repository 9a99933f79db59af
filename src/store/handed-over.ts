import {
  type DeliveryState,
  deliveryStates,
  type HandedOverCall,
  type ReconcileAnswer,
  type ReconcileTurn,
  type RemoteOutcome,
} from '../call/delivery.js';
import { idAt, idColumn } from './capture-row.js';
import type { Database } from './database.js';
import type { Deliveries } from './deliveries.js';
import { preparePlaceOfId } from './place-of-id.js';
import { transaction } from './transaction.js';
import { isHandedOver } from './unfinished.js';

const numberOf = (state: DeliveryState) => deliveryStates.indexOf(state);

/** What follows from an outcome: `pending`, it cannot be applied yet; `applied`, it was, or need not be. */
type Application = 'applied' | 'pending';

/** Keeps the calls that were handed over in step with the engine that has them. */
export type Reconcile = (turn: ReconcileTurn) => ReconcileAnswer;

/** A reconciliation is one transaction. Throws, and nothing has changed. */
export function prepareReconcile(
  database: Database,
  {
    destination: numberOfDestination,
    keepAttempt,
  }: Pick<Deliveries, 'destination' | 'keepAttempt'>,
  now: () => number,
): Reconcile {
  const placeOf = preparePlaceOfId(database);
  const known = database.prepare(
    `select state, job, queue from deliveries join destinations on destinations.id = destination
     where capture = ?`,
  );
  const settle = database.prepare(
    `update deliveries set state = ?, tries = ?, due = ?, reason = ?, worker = null,
       destination = coalesce(?, destination) where capture = ?`,
  );
  const drop = database.prepare('delete from deliveries where capture = ?');
  const takeBack = database.prepare(
    `update deliveries set state = iif(tries > 0, 1, 0), due = ?, worker = null
     where capture = ? and job = ? and ${isHandedOver}`,
  );
  const handedOver = database.prepare(
    `select deliveries.capture, ${idColumn('deliveries.capture')}, job, url
     from deliveries join destinations on destinations.id = destination
       left join imports on imports.capture = deliveries.capture
     where queue = ? and deliveries.capture > ? and ${isHandedOver}
     order by deliveries.capture limit ?`,
  );
  const withdrawals = database.prepare(
    `select capture, job, url from withdrawals join destinations on destinations.id = destination
     where queue = ? limit ?`,
  );
  const withdrawn = database.prepare('delete from withdrawals where capture = ? and job = ?');
  const tags = database.prepare('select tag from tags order by first desc');

  function apply(outcome: RemoteOutcome, queue: string): Application {
    const { capture, job, state, to, tries, last, skipped } = outcome;
    const place = placeOf(capture);
    const row = place === undefined ? undefined : known.first([place]);
    // It was removed or dropped meanwhile, or has left for another queue.
    if (place === undefined || !row || row[2] !== queue) return 'applied';
    const [here, kept] = row;
    const beingHandedOver = here === numberOf('active');
    const mayBeThere = here === numberOf('waiting') || here === numberOf('delayed');
    if (beingHandedOver || (mayBeThere && kept === null)) return 'pending';
    // What was delivered stays so. What was retried since has another key.
    if (kept !== job || here === numberOf('delivered')) return 'applied';
    switch (state) {
      case 'dropped':
        drop.run([place]);
        return 'applied';
      case 'moved': {
        const moved = numberOfDestination({ url: to ?? '', queue });
        settle.run([numberOf('handed over'), tries, now(), null, moved, place]);
        return 'applied';
      }
      default:
        settle.run([numberOf(state), tries, now(), skipped, null, place]);
        if (last) keepAttempt(place, last);
        return 'applied';
    }
  }

  function takeBackLost({ capture, job }: HandedOverCall): void {
    const place = placeOf(capture);
    if (place !== undefined) takeBack.run([now(), place, job]);
  }

  return (turn) =>
    transaction(database, () => {
      const { queue, behind, maxCalls } = turn;
      const applied = turn.outcomes.map((outcome) => apply(outcome, queue));
      for (const call of turn.lost) takeBackLost(call);
      for (const { capture, job } of turn.withdrawn) withdrawn.run([capture, job]);
      const [tag = '', ...olderTags] = tags.all([]).map(([text]) => String(text));
      return {
        pending: applied.flatMap((each, index) => (each === 'pending' ? [index] : [])),
        tag,
        olderTags,
        handedOver: handedOver.all([queue, behind, maxCalls]).map(([place, named, job, url]) => ({
          place: Number(place),
          capture: idAt(place, named),
          job: String(job),
          to: String(url),
        })),
        withdrawals: withdrawals.all([queue, maxCalls]).map(([id, job, url]) => ({
          capture: String(id),
          job: String(job),
          to: String(url),
        })),
      };
    });
}
