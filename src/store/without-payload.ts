import type { Database } from './database.js';

/** A number of captures, and about what they take. */
export interface Amount {
  readonly captures: number;
  readonly bytes: number;
}

/** About what a capture takes, without its delivery and attempts. */
export const captureBytes =
  'length(body) + length(headers) + length(target) + ifnull(length(events), 0)';

/** Lists the capture at a place as one without a payload. */
export const listWithoutPayload = `insert or ignore into without_payload (capture, bytes)
  select place, ${captureBytes} from captures where place = ?`;

/** The captures without a payload, known without counting them. */
export function amountWithoutPayload(database: Database): Amount {
  return amountOf(database.prepare('select captures, bytes from without_payload_total').first([]));
}

/** Those up to a place. */
export function amountUpTo(database: Database, place: number): Amount {
  const sum = database.prepare(
    'select count(*), ifnull(sum(bytes), 0) from without_payload where capture <= ?',
  );
  return amountOf(sum.first([place]));
}

function amountOf(row: readonly unknown[] | undefined): Amount {
  const [captures = 0, bytes = 0] = row?.map(Number) ?? [];
  return { captures, bytes };
}
