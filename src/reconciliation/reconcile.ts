import type { KeyField } from '../payload/row-fields.js';
import type { Database } from '../store/database.js';
import { refuseCollisions, type Sides } from './choose-key.js';
import { Comparison, type Counts, type Side } from './comparison.js';
import {
  firstMissing,
  firstUnexpected,
  type Histogram,
  missingHistogram,
  missingSpan,
  type ResultRow,
  type SilentActivity,
  separateSilent,
} from './results.js';
import { type Needs, type RowSide, sharedFields } from './side.js';

/** The result of comparing two sides. */
export interface Reconciliation extends Counts {
  readonly silent: readonly SilentActivity[];
  /** Of missing events that are not part of a silent activity. Seconds since 1970. */
  readonly first: number | null;
  readonly last: number | null;
  readonly histogram: Histogram;
  readonly missingRows: readonly ResultRow[];
  readonly unexpectedRows: readonly ResultRow[];
}

/** Lets the command show progress and stop. */
export interface Steps {
  /** Called between batches of rows. Throws to stop. */
  read(side: RowSide, rows: number): Promise<void>;
  compare(): Promise<void>;
}

const maxMissingRows = 10;
const maxUnexpectedRows = 5;

/** Reads both sides into a comparison. */
export async function fillComparison(
  database: Database,
  sides: Sides,
  { key, within }: { readonly key: readonly KeyField[]; readonly within: number | undefined },
  steps: Steps,
): Promise<Comparison> {
  const comparison = new Comparison(database, {
    key,
    within: within === undefined ? undefined : within / 1000,
    fields: { expected: keyFieldsOf(sides.expected), found: keyFieldsOf(sides.found) },
    counted: new Set(
      (['expected', 'found'] as const).filter((side) => sides[side].fields.has('count')),
    ),
  });
  for (const side of ['expected', 'found'] as const satisfies readonly Side[]) {
    for await (const batch of sides[side].batches(needsOf(key, within))) {
      for (const row of batch) comparison.add(side, row);
      await steps.read(sides[side], comparison.rows(side));
    }
  }
  await steps.compare();
  comparison.index();
  return comparison;
}

/** What of each row takes part in a comparison by this key. */
export function needsOf(key: readonly KeyField[], within: number | undefined): Needs {
  return { keys: key.includes('key'), times: key.includes('time') || within !== undefined };
}

function keyFieldsOf({ fields }: RowSide): ReadonlySet<KeyField> {
  return new Set([...fields].filter((field): field is KeyField => field !== 'count'));
}

/** Compares what was read. Throws a problem when the key does not identify events. */
export async function compareSides(
  comparison: Comparison,
  sides: Sides,
  key: readonly KeyField[],
  steps: Steps,
): Promise<Reconciliation> {
  refuseCollisions(comparison, sides, key);
  await steps.compare();
  const counts = await comparison.match(() => steps.compare());
  const { database } = comparison;
  const silent = separateSilent(database, sharedFields(sides.expected, sides.found));
  return {
    ...counts,
    silent,
    ...missingSpan(database),
    histogram: missingHistogram(database),
    missingRows: firstMissing(database, maxMissingRows),
    unexpectedRows: firstUnexpected(database, maxUnexpectedRows),
  };
}
