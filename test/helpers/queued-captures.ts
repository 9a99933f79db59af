import type { Capture } from '../../src/call/call.js';
import { type DeliveryState, deliveryStates } from '../../src/call/delivery.js';
import { seqOfId } from '../../src/store/capture-row.js';
import { openDatabase } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';

export const shopUrl = 'http://127.0.0.1:3000/webhooks/netcore';

/** How far a capture has come. */
export interface Fate {
  readonly state: DeliveryState;
  readonly tries?: number;
  /** Milliseconds since 1970. */
  readonly due?: number;
  readonly queued?: number;
  readonly target?: string;
  /** Where it is handed over to. */
  readonly queue?: string;
  readonly worker?: string;
}

/** Writes into a store how far captures have come; undefined: one that was never to be forwarded. */
export function queueCaptures(
  files: StoreFiles,
  captures: readonly Capture[],
  fateOf: (index: number) => Fate | undefined,
): void {
  const database = openDatabase(files.database);
  const addDestination = database.prepare(
    'insert into destinations (url, queue) values (?, ?) on conflict do nothing',
  );
  const addDelivery = database.prepare(
    `insert into deliveries (capture, destination, state, due, queued, tries, worker)
     select ?, id, ?, ?, ?, ?, ? from destinations where url = ? and queue = ?`,
  );
  database.execute('begin');
  for (const [index, { id, time }] of captures.entries()) {
    const fate = fateOf(index);
    if (!fate) continue;
    const { state, tries = 0, due = 0, queued = time, worker = null } = fate;
    const { target = shopUrl, queue = '' } = fate;
    const place = seqOfId(database, id) ?? -1;
    addDestination.run([target, queue]);
    const number = deliveryStates.indexOf(state);
    addDelivery.run([place, number, due, queued, tries, worker, target, queue]);
  }
  database.execute('commit');
  database.close();
}
