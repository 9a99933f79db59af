import { grouped } from '../amounts.js';
import type { KeyField } from '../payload/row-fields.js';
import { type Problem, problem } from '../problems/problem.js';
import type { Comparison, Side } from './comparison.js';
import { type RowSide, sharedFields } from './side.js';

export interface Sides {
  readonly expected: RowSide;
  readonly found: RowSide;
}

/** More collisions than this share of a side's rows mean that the key does not identify events. */
const maxCollisionShare = 0.01;

/**
 * The fields that make rows equal: those that were asked for, else all that both sides have. The key of
 * an event stands for all of them. `withTolerance`: times are compared apart.
 */
export function chooseKey(
  sides: Sides,
  asked: readonly KeyField[],
  withTolerance: boolean,
): readonly KeyField[] {
  const shared = sharedFields(sides.expected, sides.found);
  for (const field of withTolerance ? [...asked, 'time' as const] : asked) {
    if (shared.has(field)) continue;
    const lacking = sides.expected.fields.has(field) ? sides.found : sides.expected;
    throw problem('usage', {
      message: `${field === 'time' && withTolerance ? '--within' : '--key'} needs the field ${field}, which ${lacking.name} lacks.`,
      hint: `Name its column: --map ${field}=<column>`,
    });
  }
  const key = (asked.length > 0 ? [...new Set(asked)] : defaultKey(shared, withTolerance)).filter(
    (field) => !(withTolerance && field === 'time'),
  );
  const isVague = key.every((field) => field === 'msgid' || field === 'panel');
  if (!isVague) return key;
  throw problem('usage', {
    message:
      key.length === 0
        ? `${sides.expected.name} and ${sides.found.name} have no field in common.`
        : `${key.join(' and ')} alone cannot identify events: all contacts of a message share its msgid.`,
    hint: 'Name more columns, such as --map who="Email ID" --map event=Status.',
  });
}

function defaultKey(shared: ReadonlySet<KeyField>, withTolerance: boolean): KeyField[] {
  if (shared.has('key') && !withTolerance) return ['key'];
  return [...shared].filter((field) => field !== 'key');
}

/** Refuses a key that too many different events of a side share. */
export function refuseCollisions(
  comparison: Comparison,
  sides: Sides,
  key: readonly KeyField[],
): void {
  for (const side of ['expected', 'found'] as const) {
    const collisions = comparison.collisions(side);
    if (collisions > comparison.rows(side) * maxCollisionShare) {
      throw collisionProblem(collisions, comparison.rows(side), side, sides, key);
    }
  }
}

function collisionProblem(
  collisions: number,
  rows: number,
  side: Side,
  sides: Sides,
  key: readonly KeyField[],
): Problem {
  const more = [...sharedFields(sides.expected, sides.found)].filter(
    (field) => field !== 'key' && !key.includes(field),
  );
  return problem('usage', {
    message: `The key ${key.join(', ')} does not identify events: ${grouped(collisions)} of ${grouped(rows)} rows of ${sides[side].name} share it with another row.`,
    hint:
      more.length > 0
        ? `Add fields: --key ${[...key, ...more].join(',')}`
        : 'Name more columns with --map, or compare totals: --by message',
  });
}
